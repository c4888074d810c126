namespace Tenfold.Core.Requests;

/// <summary>Records requests and feedback before the client gets its reply. The gateway calls it once a request.</summary>
/// <remarks>Thread-safe. A recorder copies the bodies before its task completes, so the caller may then reuse its buffers.</remarks>
public interface IRequestRecorder
{
    /// <summary>
    /// True when nothing can be recorded now, and requests must be refused rather than dropped. A gateway checks this before it calls
    /// a version, because a reply that can't be recorded is not sent.
    /// </summary>
    bool IsRefusing { get; }

    /// <summary>Records a request; completes once the request is as durable as the chosen mode promises.</summary>
    ValueTask<AppendOutcome> AppendAsync(LoggedRequest request, CancellationToken cancellationToken);

    /// <summary>Records an outcome that a client reports later.</summary>
    ValueTask<AppendOutcome> AppendAsync(Feedback feedback, CancellationToken cancellationToken);

    /// <summary>Waits until everything that was recorded so far can be read from the <see cref="IRequestLog"/>.</summary>
    /// <remarks>Waits for as long as the database is unreachable: give a token with a deadline.</remarks>
    Task LoadAllAsync(CancellationToken cancellationToken);
}

/// <summary>What became of a record.</summary>
public enum AppendOutcome
{
    /// <summary>It is recorded.</summary>
    Recorded,

    /// <summary>There was no room, and the gateway is configured to drop records then. The drop is counted.</summary>
    Dropped,

    /// <summary>There was no room, or the disk failed, and the gateway is configured to refuse requests then: reply 503.</summary>
    Refused,
}
