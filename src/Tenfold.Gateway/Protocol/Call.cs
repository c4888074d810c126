using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway.Protocol;

/// <summary>What the gateway knows about a request from its first moment.</summary>
/// <param name="id">The request's id.</param>
/// <param name="at">When it was received.</param>
/// <param name="started">The clock's timestamp at that moment.</param>
internal sealed class Call(Guid id, DateTimeOffset at, long started)
{
    /// <summary>The request's id, a UUIDv7.</summary>
    public Guid Id { get; } = id;

    /// <summary>The request's id as text.</summary>
    public string IdText { get; } = id.ToString();

    /// <summary>When it was received.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>The clock's timestamp at that moment.</summary>
    public long Started { get; } = started;

    /// <summary>The name of the API key; null when none is required.</summary>
    public string? Caller { get; set; }

    /// <summary>The call of a request that the gateway has received.</summary>
    public static Call Of(HttpContext context) => context.Features.Get<Call>()!;
}
