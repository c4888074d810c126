using Microsoft.AspNetCore.Http;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Protocol;

/// <summary>How a protocol's requests become <c>POST /invocations</c>, and the model's reply the protocol's reply.</summary>
internal abstract class Dialect
{
    /// <summary>True when replies are translated, so that they can't be passed on as they come.</summary>
    public abstract bool TranslatesReplies { get; }

    /// <summary>Reads a request.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="version">The version that answers.</param>
    /// <returns>The model's input; or a refusal, which is replied with 400.</returns>
    public abstract Outcome<ModelInput> Read(HttpRequest request, ReadOnlyMemory<byte> body, VersionEndpoint version);

    /// <summary>Translates a reply with status 200.</summary>
    /// <param name="input">The request.</param>
    /// <param name="reply">The model's reply.</param>
    /// <param name="context">Where the protocol's reply is written; its headers are set here.</param>
    /// <returns>The body to send; or a refusal, which is replied with 502.</returns>
    public virtual Outcome<TranslatedReply> Write(ModelInput input, ModelOutput reply, HttpContext context) =>
        throw new NotSupportedException();
}

/// <summary>The input of a model.</summary>
/// <param name="Body">The body for <c>POST /invocations</c>.</param>
/// <param name="ContentType">Its media type; null when the client named none.</param>
internal record ModelInput(ReadOnlyMemory<byte> Body, string? ContentType)
{
    /// <summary>The client's own id of the request; null without one.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client's own time of the request; null without one.</summary>
    public string? ClientTime { get; init; }
}

/// <summary>The reply of a model.</summary>
/// <param name="Body">Its body.</param>
/// <param name="Model">The model.</param>
/// <param name="Version">The version that replied.</param>
internal readonly record struct ModelOutput(ReadOnlyMemory<byte> Body, string Model, string Version);

/// <summary>A reply in a protocol.</summary>
/// <param name="Body">Its body.</param>
/// <param name="ContentType">Its media type.</param>
internal sealed record TranslatedReply(ReadOnlyMemory<byte> Body, string ContentType);

/// <summary>The plain protocol: request and reply are those of the model.</summary>
internal sealed class InvocationDialect : Dialect
{
    /// <inheritdoc/>
    public override bool TranslatesReplies => false;

    /// <inheritdoc/>
    public override Outcome<ModelInput> Read(HttpRequest request, ReadOnlyMemory<byte> body, VersionEndpoint version) =>
        new ModelInput(body, request.ContentType);
}
