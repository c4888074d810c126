using System.Text.Json.Serialization;

namespace Tenfold.Core.Attempts;

/// <summary>
/// Which process runs an attempt, in <c>attempts/&lt;id&gt;/claim</c>. A claim can be created only once, so no second process starts
/// the attempt.
/// </summary>
public sealed record AttemptClaim
{
    /// <summary>A random mark of the process, by which it recognizes its own claim when the store's answer was lost.</summary>
    public required string Token { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>The process.</summary>
    public required int Process { get; init; }

    /// <summary>When the process started, in the system's clock ticks since boot; null when it isn't known.</summary>
    public long? ProcessStart { get; init; }

    /// <summary>The boot and the process namespace that the process number belongs to; null when they aren't known.</summary>
    public string? Machine { get; init; }

    /// <summary>The backend's job; null outside a job.</summary>
    public string? Job { get; init; }

    /// <summary>
    /// The attempt for which the job was submitted; null when it is this attempt. A job with time left runs further attempts.
    /// </summary>
    [JsonPropertyName("carrier")]
    public string? HostAttempt { get; init; }

    /// <summary>How often the backend had restarted the job before.</summary>
    public int Restarts { get; init; }

    /// <summary>When it was created, by the machine's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Says for people where the attempt runs.</summary>
    public override string ToString()
    {
        var restarts = Restarts > 0 ? $" started again {Restarts} times" : "";
        return Job is null ? $"process {Process} on {Host}" : $"process {Process} on {Host}, job {Job}{restarts}";
    }
}
