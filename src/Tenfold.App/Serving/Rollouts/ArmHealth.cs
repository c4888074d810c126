namespace Tenfold.App.Serving.Rollouts;

/// <summary>Whether a version can answer now.</summary>
/// <param name="IsReady">True when a replica is ready.</param>
/// <param name="IsCrashLooping">True when a replica fails again and again.</param>
/// <param name="Fault">Why the last replica failed; null when none has failed.</param>
public sealed record ArmHealth(bool IsReady, bool IsCrashLooping = false, string? Fault = null);
