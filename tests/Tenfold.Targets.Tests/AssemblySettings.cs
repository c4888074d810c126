// The tests start clusters and processes of their own. On a small machine, more threads would only wait for each other.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
