namespace Tenfold.Aws.Double.Batch;

/// <summary>The queues, definitions and jobs of Batch. Its gate guards everything in them.</summary>
internal sealed class BatchState(Account account)
{
    private readonly Dictionary<string, BatchJob> _jobs = [];
    private readonly List<BatchJob> _order = [];
    private long _number;

    public Lock Gate { get; } = new();

    public List<BatchQueue> Queues { get; } = [];

    public List<ComputeEnvironment> Environments { get; } = [];

    public JobDefinitions Definitions { get; } = new(account);

    /// <summary>All jobs but those of arrays, in the order of submission.</summary>
    public IReadOnlyList<BatchJob> Jobs => _order;

    public long NextNumber() => ++_number;

    public BatchQueue? Queue(string nameOrArn) => Queues.Find(queue => queue.Name == nameOrArn || queue.Arn == nameOrArn);

    public ComputeEnvironment? Environment(string nameOrArn) => Environments.Find(e => e.Name == nameOrArn || e.Arn == nameOrArn);

    public BatchJob? Find(string id) => _jobs.GetValueOrDefault(id);

    public void Add(BatchJob job)
    {
        _jobs[job.Id] = job;
        _order.Add(job);
        foreach (var child in job.Children ?? []) _jobs[child.Id] = child;
    }
}
