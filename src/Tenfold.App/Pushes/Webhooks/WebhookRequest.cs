namespace Tenfold.App.Pushes.Webhooks;

/// <summary>A request that claims to be a delivery of a git host.</summary>
/// <param name="Header">Reads a header; null for one that was not sent.</param>
/// <param name="ContentType">The media type of the body, without parameters.</param>
/// <param name="Body">The body, as it was sent.</param>
public sealed record WebhookRequest(Func<string, string?> Header, string? ContentType, byte[] Body);

/// <summary>What a request led to.</summary>
public enum WebhookResult
{
    /// <summary>The delivery is recorded, and is read afterwards.</summary>
    Accepted,

    /// <summary>The delivery was recorded before.</summary>
    Known,

    /// <summary>The request has no effect: it is not signed, or not as a repository of this server would be.</summary>
    Refused,
}

/// <summary>The answer to a request.</summary>
/// <param name="Result">What it led to.</param>
/// <param name="Detail">The delivery's id; or why the request is refused.</param>
public sealed record WebhookAnswer(WebhookResult Result, string Detail);
