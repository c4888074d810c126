using Tenfold.Core.Queueing;

namespace Tenfold.Core.Ledger;

/// <summary>The part of the ledger about the order in which runs start, and their limits.</summary>
public interface IQueueLedger
{
    /// <summary>Reads what is needed to admit attempts.</summary>
    Task<Admissions> ReadAdmissionsAsync(CancellationToken cancellationToken);

    /// <summary>Admits pending attempts, unless another controller has admitted some since they were chosen.</summary>
    /// <param name="attempts">The attempts.</param>
    /// <param name="count"><see cref="Admissions.Count"/>, read before the attempts that had not ended were listed.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False, with nothing changed, when another controller was first.</returns>
    Task<bool> AdmitAsync(IReadOnlyList<AdmittedAttempt> attempts, long count, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The attempts that ran at some time since then, and have ended.</summary>
    Task<IReadOnlyList<EndedAttempt>> ListEndedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Changes the priority of a group.</summary>
    Task SetPriorityAsync(string group, RunPriority priority, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>Which attempts were admitted.</summary>
/// <param name="Count">A number that grows with each call that admits attempts.</param>
/// <param name="Groups">The groups of the last 200 admitted attempts, in the order of their admission.</param>
public sealed record Admissions(long Count, IReadOnlyList<string> Groups);

/// <summary>An attempt that is admitted.</summary>
/// <param name="Attempt">Its name.</param>
/// <param name="Note">What its user should know about the limits; null for nothing.</param>
public sealed record AdmittedAttempt(string Attempt, string? Note);

/// <summary>When an attempt ran.</summary>
/// <param name="Group">Its group.</param>
/// <param name="StartedAt">When its command started.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record EndedAttempt(string Group, DateTimeOffset StartedAt, DateTimeOffset EndedAt);
