using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>An operation of a service.</summary>
/// <param name="Name">The operation's name, for example <c>SubmitJob</c>.</param>
internal sealed record WireOperation(string Name)
{
    /// <summary>
    /// True, the default, when a second request does no harm. Otherwise, a request whose answer was lost is not repeated; the fault says
    /// that it may have taken effect.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    public static implicit operator WireOperation(string name) => new(name);

    /// <summary>An operation that must not be repeated blindly.</summary>
    public static WireOperation Once(string name) => new(name) { IsRepeatable = false };

    /// <summary>An operation that may be repeated only with a token, by which AWS recognizes the second request.</summary>
    public static WireOperation OnceWithout(string? token, string name) => new(name) { IsRepeatable = token is not null };
}

/// <summary>A request on its way through the SDK's pipeline.</summary>
internal sealed class WireRequest(WireOperation operation, byte[] body) : AmazonWebServiceRequest
{
    public WireOperation Operation => operation;

    public byte[] Body => body;

    /// <summary>True once an attempt ended in a way that leaves open whether it took effect.</summary>
    public bool MayHaveTakenEffect { get; set; }
}

/// <summary>The answer to a request, before its content is parsed.</summary>
internal sealed class WireReply : AmazonWebServiceResponse
{
    /// <summary>The answer's body; null when it is larger than allowed.</summary>
    public byte[]? Body { get; set; }
}

/// <summary>An answer of a service. Each record has the members that Tenfold uses; AWS may send more.</summary>
internal abstract record WireAnswer
{
    /// <summary>AWS's id of the request.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? RequestId { get; set; }
}

/// <summary>An answer without content.</summary>
internal sealed record WireNothing : WireAnswer;
