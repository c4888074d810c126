using Tenfold.Core.Reasons;

namespace Tenfold.App.Serving.Replicas;

/// <summary>Why a replica is not ready. The cases are the facts; <see cref="object.ToString"/> turns them into words.</summary>
public abstract record ReplicaFault
{
    private ReplicaFault()
    {
    }

    /// <summary>A code for programs, which never changes.</summary>
    public abstract string Code { get; }

    /// <summary>The system refused to start the program.</summary>
    /// <param name="Message">The system's words.</param>
    public sealed record NotStarted(string Message) : ReplicaFault
    {
        /// <inheritdoc/>
        public override string Code => "not_started";

        /// <inheritdoc/>
        public override string ToString() => Message;
    }

    /// <summary>The process ended by itself.</summary>
    /// <param name="ExitCode">Its exit code; null when a signal ended it.</param>
    /// <param name="Signal">The signal that ended it; null when none did.</param>
    /// <param name="WasReady">True when it had been ready.</param>
    /// <param name="LastLines">The last lines of its log; empty when it printed nothing.</param>
    public sealed record Exited(int? ExitCode, int? Signal, bool WasReady, string LastLines) : ReplicaFault
    {
        /// <inheritdoc/>
        public override string Code => "exited";

        /// <inheritdoc/>
        public override string ToString() =>
            $"it ended {(Signal is { } signal ? $"by signal {signal}" : $"with exit code {ExitCode}")}"
            + $"{(WasReady ? "" : " before it was ready")}{(LastLines.Length > 0 ? $":\n{LastLines}" : "")}";
    }

    /// <summary>The process lives, but <c>GET /ping</c> was not answered with 200 in time.</summary>
    /// <param name="After">How long it had.</param>
    /// <param name="LastAnswer">The last answer, in words.</param>
    /// <param name="LastLines">The last lines of its log; empty when it printed nothing.</param>
    public sealed record NotReady(TimeSpan After, string LastAnswer, string LastLines) : ReplicaFault
    {
        /// <inheritdoc/>
        public override string Code => "not_ready";

        /// <inheritdoc/>
        public override string ToString() =>
            $"GET /ping was not answered with 200 within {ReasonText.Duration(After)} ({LastAnswer})"
            + (LastLines.Length > 0 ? $":\n{LastLines}" : "");
    }

    /// <summary>It was ready, and no longer answers <c>GET /ping</c> with 200.</summary>
    /// <param name="LastAnswer">The last answer, in words.</param>
    public sealed record Unready(string LastAnswer) : ReplicaFault
    {
        /// <inheritdoc/>
        public override string Code => "unready";

        /// <inheritdoc/>
        public override string ToString() => $"GET /ping is no longer answered with 200 ({LastAnswer})";
    }
}
