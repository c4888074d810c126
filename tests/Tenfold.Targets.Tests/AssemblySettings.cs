// The tests start clusters and processes of their own: more at once would only wait for each other on a small machine.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
