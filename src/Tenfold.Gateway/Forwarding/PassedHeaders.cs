using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Forwarding;

/// <summary>Which headers go from the client to the model, and which from the model to the client.</summary>
internal static class PassedHeaders
{
    // The gateway sets the headers of the body itself. A key of the gateway is none of the model's business; the entrance has removed
    // an Authorization that was one.
    private static readonly FrozenSet<string> NotToModel = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Content-Type", HeaderNames.ApiKey, HeaderNames.RequestId,
        HeaderNames.InferenceHeaderLength);

    private static readonly FrozenSet<string> NotToClient = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.RequestId, HeaderNames.Version, HeaderNames.Arm, HeaderNames.Assignment, "Content-Length", "Server", "Date");

    /// <summary>True when the model gets a header of the client's request.</summary>
    public static bool GoesToModel(string name, StringValues connection) =>
        !NotToModel.Contains(name) && !HopByHop.Contains(name, connection);

    /// <summary>True when the client gets a header of the model's reply. The length of the body is set apart.</summary>
    public static bool GoesToClient(string name, StringValues connection) =>
        !NotToClient.Contains(name) && !HopByHop.Contains(name, connection);
}
