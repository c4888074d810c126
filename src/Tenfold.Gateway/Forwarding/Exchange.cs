using Microsoft.AspNetCore.Http;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Forwarding;

/// <summary>A request on its way through the gateway, and what becomes of it.</summary>
/// <param name="context">The client's request and reply.</param>
/// <param name="model">The model.</param>
internal sealed class Exchange(HttpContext context, string model)
{
    /// <summary>The client's request and reply.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>The request's id and time.</summary>
    public Call Call { get; } = Call.Of(context);

    /// <summary>The model.</summary>
    public string Model { get; } = model;

    /// <summary>The client's key; null without one.</summary>
    public string? Key { get; init; }

    /// <summary>True when the client named the version.</summary>
    public bool IsPinned { get; init; }

    /// <summary>The version that the request was assigned to.</summary>
    public required RouteAssignment Assignment { get; init; }

    /// <summary>The version that gets a copy; null for none.</summary>
    public VersionEndpoint? Shadow { get; init; }

    /// <summary>The length of the client's body.</summary>
    public long SizeBytes { get; set; }

    /// <summary>The model's input; null until it was read.</summary>
    public ModelInput? Input { get; set; }

    /// <summary>The model's reply; null when it was not called.</summary>
    public ReplyBody? Reply { get; set; }

    /// <summary>The media type of the model's reply.</summary>
    public string? ReplyType { get; set; }

    /// <summary>How long the model took; null when it was not called.</summary>
    public TimeSpan? ModelLatency { get; set; }

    /// <summary>Sets the headers that every reply has.</summary>
    public void SetHeaders()
    {
        var headers = Context.Response.Headers;
        headers[HeaderNames.RequestId] = Call.IdText;
        headers[HeaderNames.Version] = Assignment.Version;
        headers[HeaderNames.Arm] = Assignment.Arm ?? HeaderNames.None;
        headers[HeaderNames.Assignment] = IsPinned ? "pinned" : Key is not null ? "key" : "request";
    }

    /// <summary>Forgets the headers of a model's reply that is not sent.</summary>
    public void ResetHeaders()
    {
        var headers = Context.Response.Headers;
        var retryAfter = headers.RetryAfter;
        headers.Clear();
        if (Reply is null) headers.RetryAfter = retryAfter;
        SetHeaders();
    }

    /// <summary>The record for the log.</summary>
    /// <param name="status">The status of the reply.</param>
    /// <param name="outcome">How the request ended.</param>
    /// <param name="latency">How long it took.</param>
    /// <param name="own">The gateway's own reply; null when the model's reply is sent.</param>
    public LoggedRequest ToRecord(int status, RequestOutcome outcome, TimeSpan latency, ReadOnlyMemory<byte>? own) => new()
    {
        Id = Call.Id,
        At = Call.At,
        Model = Model,
        Version = Assignment.Endpoint is null ? null : Assignment.Version,
        Arm = Assignment.Arm,
        RouteRevision = Assignment.RouteRevision,
        Key = Key,
        Status = status,
        Outcome = outcome,
        Latency = latency,
        ModelLatency = ModelLatency,
        RequestBody = Redact(Input?.Body ?? default),
        RequestSizeBytes = SizeBytes,
        RequestContentType = Input?.ContentType,
        ReplyBody = own ?? Redact(Reply?.Kept ?? default),
        ReplySizeBytes = own?.Length ?? Reply?.SizeBytes ?? 0,
        IsReplyCut = own is null && Reply?.IsCut == true,
        ReplyContentType = own is null ? ReplyType : Replies.Json,
        ClientId = Input?.ClientId,
        ClientTime = Input?.ClientTime,
        Caller = Call.Caller,
    };

    private ReadOnlyMemory<byte> Redact(ReadOnlyMemory<byte> body) =>
        Assignment.Endpoint is { } endpoint ? endpoint.Redact(body) : body;
}
