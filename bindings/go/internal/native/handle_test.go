package native

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

type owner struct{ handle *handle }

func owned(freed *atomic.Int32) *owner {
	made := &owner{}
	made.handle = own(made, "thing", unsafe.Pointer(freed), func(unsafe.Pointer) { freed.Add(1) })
	return made
}

func spawn(group *sync.WaitGroup, work func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		work()
	}()
}

func TestAHandleIsFreedOnceWhenTheLastCallHasLeft(t *testing.T) {
	var freed atomic.Int32
	made := owned(&freed)
	for range 2 {
		if _, err := made.handle.enter(); err != nil {
			t.Fatal(err)
		}
	}
	made.handle.close()
	made.handle.close()
	made.handle.leave()
	if freed.Load() != 0 {
		t.Fatal("freed while a call is inside")
	}
	made.handle.leave()
	if _, err := made.handle.enter(); err == nil || !strings.Contains(err.Error(), "the thing is closed") {
		t.Fatal(err)
	}
	made.handle.close()
	if freed.Load() != 1 {
		t.Fatal("freed", freed.Load(), "times")
	}
}

func TestManyCallersAndClosersFreeAHandleOnce(t *testing.T) {
	for range 200 {
		var freed atomic.Int32
		made := owned(&freed)
		var all sync.WaitGroup
		for i := range 6 {
			spawn(&all, func() {
				if i%3 == 0 {
					made.handle.close()
				} else if _, err := made.handle.enter(); err == nil {
					if freed.Load() != 0 {
						t.Error("freed while a call is inside")
					}
					made.handle.leave()
				}
			})
		}
		all.Wait()
		if freed.Load() != 1 {
			t.Fatal("freed", freed.Load(), "times")
		}
	}
}

func TestAHandleThatNobodyHoldsIsFreedByTheCollector(t *testing.T) {
	var freed atomic.Int32
	owned(&freed)
	for freed.Load() == 0 {
		runtime.GC()
		runtime.Gosched()
	}
}
