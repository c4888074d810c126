namespace Tenfold.Core.Reasons;

/// <content>The words of reasons of routes and experiments.</content>
public static partial class ReasonText
{
    private static string OfServing(Reason reason) => reason switch
    {
        Reason.FirstVersion first => $"{first.Version} is the first version",
        Reason.TrafficSet => "set by a user",
        Reason.VersionReverted reverted => $"{reverted.Version} was reverted",
        Reason.ExperimentStopped => "stopped by a user",
        _ => reason.Code,
    };
}
