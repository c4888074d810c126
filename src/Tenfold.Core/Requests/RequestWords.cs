namespace Tenfold.Core.Requests;

/// <summary>The words by which kinds and outcomes are stored and printed.</summary>
public static class RequestWords
{
    /// <summary>The word for a kind.</summary>
    public static string Of(RequestKind kind) => kind switch
    {
        RequestKind.Live => "live",
        RequestKind.Shadow => "shadow",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>True when a request failed on the server's side. The request log's SQL has the rule too.</summary>
    public static bool IsServerFault(int status, RequestOutcome outcome) =>
        status >= 500 || outcome is RequestOutcome.Unavailable or RequestOutcome.TimedOut or RequestOutcome.Broken;

    /// <summary>The word for an outcome.</summary>
    public static string Of(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Answered => "answered",
        RequestOutcome.Rejected => "rejected",
        RequestOutcome.Unavailable => "unavailable",
        RequestOutcome.TimedOut => "timed-out",
        RequestOutcome.Broken => "broken",
        RequestOutcome.ClientGone => "client-gone",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The kind that a word stands for.</summary>
    /// <exception cref="InvalidDataException">The word stands for none.</exception>
    public static RequestKind KindOf(string word) => word switch
    {
        "live" => RequestKind.Live,
        "shadow" => RequestKind.Shadow,
        _ => throw new InvalidDataException($"a request has the unknown kind '{word}'"),
    };

    /// <summary>The outcome that a word stands for; null when it stands for none.</summary>
    public static RequestOutcome? FindOutcome(string word) => word switch
    {
        "answered" => RequestOutcome.Answered,
        "rejected" => RequestOutcome.Rejected,
        "unavailable" => RequestOutcome.Unavailable,
        "timed-out" => RequestOutcome.TimedOut,
        "broken" => RequestOutcome.Broken,
        "client-gone" => RequestOutcome.ClientGone,
        _ => null,
    };
}
