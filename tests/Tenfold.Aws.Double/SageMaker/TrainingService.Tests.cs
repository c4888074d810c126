using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>What tests do to training jobs, beside calling SageMaker.</summary>
public sealed partial class TrainingService
{
    /// <summary>The names of all jobs in the order of their creation.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate) return [.. _jobs.Select(job => job.Name)];
        }
    }

    /// <summary>A job as DescribeTrainingJob shows it, without a call.</summary>
    public JsonObject Show(string name)
    {
        lock (_gate) return Describe(Job(name));
    }

    /// <summary>The status and the secondary status of a job.</summary>
    public (string Status, string Secondary) StatusOf(string name)
    {
        lock (_gate) return Job(name) is var job ? (job.Status, job.Secondary) : default;
    }

    /// <summary>A job's tags are not visible yet.</summary>
    public void HideTags(string name)
    {
        lock (_gate) Job(name).Tags.Clear();
    }

    /// <summary>The name of a job's log stream.</summary>
    public string? LogStreamOf(string name)
    {
        lock (_gate) return Job(name).LogStream;
    }

    /// <summary>AWS takes a job's spot machine back; the job starts again on another one.</summary>
    public void Interrupt(string name) => _runner.Stop(Job(name), TrainingEnd.Interrupted);

    /// <summary>A job fails by an error of SageMaker's own.</summary>
    public void FailInternally(string name) => _runner.Stop(Job(name), TrainingEnd.InternalError);

    /// <summary>A job's time is over.</summary>
    public void TimeOut(string name) => _runner.Stop(Job(name), TrainingEnd.MaxRuntimeExceeded);

    /// <summary>AWS has no machines of a type: jobs fail, and spot jobs wait.</summary>
    public void RunOutOf(string instanceType) => _runner.Missing[instanceType] = true;

    /// <summary>New jobs wait for their machines, or get them again.</summary>
    public void Hold(bool isHeld)
    {
        var before = _runner.Held;
        _runner.Held = isHeld ? before ?? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        if (!isHeld) before?.TrySetResult();
    }

    /// <summary>A job fails as a test says.</summary>
    public void Fail(string name, string reason) => _runner.FailNow(Job(name), reason);

    /// <summary>A job ends as stopped, as a test says.</summary>
    public void StopNow(string name, string secondary) => _runner.StopNow(Job(name), secondary);

    /// <summary>Ends a job that runs no process.</summary>
    public void End(string name, int exitCode = 0)
    {
        lock (_gate) Job(name).Imagined.TrySetResult(exitCode);
    }

    internal void Stop()
    {
        lock (_gate) _account.Machines.Close();
    }

    public void Dispose() => _files.Dispose();

    private TrainingJob Job(string name)
    {
        lock (_gate) return _jobs.Find(job => job.Name == name) ?? throw new ArgumentException($"no training job {name}");
    }
}
