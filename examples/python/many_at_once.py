"""Runs a pipeline for three environments at once on asyncio, and says what each step took.

ATTEST_BASE_URL and ATTEST_API_KEY say where, and who.
"""

import asyncio

from attest_sdk import AsyncAttestClient, AsyncPipeline

CONFIG = {"version": "0.1", "steps": [{"name": "greet", "run": 'echo "hello $ATTEST_ENVIRONMENT"'}]}


async def run(pipeline: AsyncPipeline, environment: str) -> str:
    execution = await pipeline.execute(environment=environment, options={"cache": False})
    async for event in execution.events():
        if event.event == "step_completed" and event.step is not None:
            print(f"{environment}: {event.step.name} is {event.step.status} after {event.step.duration_seconds} s")
    receipt = await (await execution.wait_for_completion(timeout=300)).get_receipt()
    return f"{environment}: {'valid' if await receipt.verify() else 'not valid'}"


async def main() -> None:
    async with AsyncAttestClient() as client:
        pipeline = await client.pipelines.create(name="greetings", config=CONFIG)
        runs = (run(pipeline, environment) for environment in ("development", "staging", "production"))
        print(*await asyncio.gather(*runs), sep="\n")


asyncio.run(main())
