using System.Text.Json;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Writes assignments to the store, from which agents read them, before anything is launched. An attempt with a claim has begun or ended,
/// even if EC2 no longer lists its machine.
/// </summary>
/// <param name="store">The store.</param>
internal sealed class AssignmentWriter(IStore store)
{
    private const int WritesAtOnce = 32;

    /// <summary>Writes the assignments, each with the list by which its agent finds it.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<List<WrittenAttempt>> WriteAsync(List<Assignment> assignments, CancellationToken cancellationToken)
    {
        var written = new List<WrittenAttempt>();
        foreach (var chunk in assignments.Chunk(WritesAtOnce))
            written.AddRange(await Task.WhenAll(chunk.Select(assignment => WriteAsync(assignment, cancellationToken))));
        return written;
    }

    /// <summary>The list of one attempt.</summary>
    public static AttemptList ListOf(Assignment assignment) => ListOf(assignment, ToJson(assignment));

    private async Task<WrittenAttempt> WriteAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        var (key, json) = (AttemptKeys.Assignment(assignment.Attempt), ToJson(assignment));
        var isNew = await store.TryCreateAsync(key, json, cancellationToken);
        if (!isNew && await store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), cancellationToken))
            return new WrittenAttempt(assignment, null, IsNew: false);
        // Others may write the store, so the machine executes only what this process wrote.
        if (!isNew) await store.WriteAsync(key, json, cancellationToken);
        var list = ListOf(assignment, json);
        await list.WriteAsync(store, cancellationToken);
        return new WrittenAttempt(assignment, list, isNew);
    }

    private static byte[] ToJson(Assignment assignment) => JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);

    private static AttemptList ListOf(Assignment assignment, byte[] json) =>
        new([new AttemptList.Entry(assignment.Attempt, AttemptList.Hash(json))]);
}

/// <summary>An attempt whose assignment is in the store.</summary>
/// <param name="Assignment">The attempt.</param>
/// <param name="List">The list with its digest; null when it has begun.</param>
/// <param name="IsNew">False when an earlier call may have tried to start it.</param>
internal sealed record WrittenAttempt(Assignment Assignment, AttemptList? List, bool IsNew)
{
    /// <summary>True when an agent has claimed it.</summary>
    public bool HasBegun => List is null;

    /// <summary>The options of its target.</summary>
    public Ec2Options Options { get; } = Ec2Options.Of(Assignment.Spec.Target);
}
