namespace Tenfold.Core.Attempts;

/// <summary>Who carries an attempt out, in <c>attempts/&lt;id&gt;/claim</c>: made once, so that no two processes ever do.</summary>
public sealed record AttemptClaim
{
    /// <summary>Its maker's own mark: an answer that got lost is known again by it.</summary>
    public required string Token { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>The process.</summary>
    public required int Process { get; init; }

    /// <summary>When the process started, as the system counts it since its start; null when it can't be told.</summary>
    public long? ProcessStart { get; init; }

    /// <summary>Which start of the machine and which of its name spaces the process's number belongs to; null when it can't be told.</summary>
    public string? Machine { get; init; }

    /// <summary>The backend's job; null when it is in none.</summary>
    public string? Job { get; init; }

    /// <summary>The attempt whose job it is; null when it is this one's own. A job that had room took it up, see <c>Tenfold.Agent.JobAgent</c>.</summary>
    public string? Carrier { get; init; }

    /// <summary>How often the backend had started that job again before.</summary>
    public int Restarts { get; init; }

    /// <summary>When it was made, by that machine's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Where it is carried out, for people.</summary>
    public override string ToString() => $"process {Process} on {Host}{(Job is null ? "" : $", job {Job}{(Restarts > 0 ? $" started again {Restarts} times" : "")}")}";
}
