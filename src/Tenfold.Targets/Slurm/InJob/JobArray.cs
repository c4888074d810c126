using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.InJob;

/// <summary>Inside a job: the array that it is an element of. For the agent, when it takes up further attempts.</summary>
public sealed class JobArray
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string? _id;
    private readonly CommandRunner _runner = new(CommandRunner.Needed, Patience);

    private JobArray(IReadOnlyList<string> attempts, string? id) => (Attempts, _id) = (attempts, id);

    /// <summary>The attempts, by index.</summary>
    public IReadOnlyList<string> Attempts { get; }

    /// <summary>The array that this process runs in.</summary>
    /// <param name="attempts">Its attempts, as the job's script names them (<c>k7m2xqab-[1-10]-1</c>).</param>
    /// <returns>Null when they can't be read.</returns>
    public static JobArray? FromEnvironment(string attempts) =>
        AttemptText.Read(attempts) is { } read ? new JobArray(read, Environment.GetEnvironmentVariable("SLURM_ARRAY_JOB_ID") is { Length: > 0 } id ? id : null) : null;

    /// <summary>Drops the elements of attempts that this job has taken up.</summary>
    /// <exception cref="Core.Targets.TargetException">There is no scancel on this node.</exception>
    public async Task CancelElementsAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        if (_id is null) return;
        var dropped = attempts.ToHashSet();
        var indices = Enumerable.Range(0, Attempts.Count).Where(index => dropped.Contains(Attempts[index])).ToList();
        // No filter by state: with one, scancel ends all of an array's waiting elements. One that has begun meanwhile is about to end by itself.
        if (indices.Count > 0) await _runner.RunAsync("scancel", ["--quiet", $"{_id}_[{ArrayRanges.Write(indices)}]"], null, null, cancellationToken);
    }
}
