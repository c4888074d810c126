using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Faults;

/// <summary>What goes wrong with a call.</summary>
public sealed record Fault
{
    private Fault()
    {
    }

    internal Func<string, string, string, AwsErrorException>? Error { get; private init; }

    internal bool LosesRequest { get; private init; }

    internal bool LosesAnswer { get; private init; }

    internal TimeSpan? Pause { get; private init; }

    internal Task? Until { get; private init; }

    /// <summary>The call is refused since there are too many; each service has its own code.</summary>
    public static Fault Throttled { get; } = new() { Error = (service, _, _) => Errors.Throttled(service) };

    /// <summary>The service fails before the call takes effect.</summary>
    public static Fault ServerError { get; } = new() { Error = (service, _, _) => Errors.Failed(service) };

    /// <summary>The caller lacks a permission.</summary>
    public static Fault Denied { get; } = new() { Error = Errors.Denied };

    /// <summary>The caller's credentials have expired.</summary>
    public static Fault Expired { get; } = new() { Error = (service, _, _) => Errors.Expired(service) };

    /// <summary>The connection closes before the call takes effect.</summary>
    public static Fault LostRequest { get; } = new() { LosesRequest = true };

    /// <summary>The connection closes after the call took effect.</summary>
    public static Fault LostAnswer { get; } = new() { LosesAnswer = true };

    /// <summary>The answer takes a while.</summary>
    public static Fault Delayed(TimeSpan time) => new() { Pause = time };

    /// <summary>The call waits for the task before it takes effect.</summary>
    public static Fault WaitsFor(Task task) => new() { Until = task };

    /// <summary>The service answers an error of the test's own.</summary>
    public static Fault Answers(int status, string code, string message) =>
        new() { Error = (_, _, _) => new AwsErrorException(status, code, message) };
}
