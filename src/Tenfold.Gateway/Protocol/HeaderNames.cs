namespace Tenfold.Gateway.Protocol;

/// <summary>The headers that the gateway adds to HTTP.</summary>
internal static class HeaderNames
{
    /// <summary>In a request: what keeps a user on one version, such as a user id.</summary>
    public const string Key = "Tenfold-Key";

    /// <summary>In a request: the API key, for clients that can't send <c>Authorization: Bearer</c>.</summary>
    public const string ApiKey = "Tenfold-Api-Key";

    /// <summary>In a reply, and in the request to the model: the request's id.</summary>
    public const string RequestId = "Tenfold-Request-Id";

    /// <summary>In a reply: the version that answered, or <c>none</c>.</summary>
    public const string Version = "Tenfold-Version";

    /// <summary>In a reply: the arm of the experiment, or <c>none</c>.</summary>
    public const string Arm = "Tenfold-Arm";

    /// <summary>In a reply: <c>key</c> when a key chose the version, <c>request</c> when chance did, <c>pinned</c> when the client did.
    /// </summary>
    public const string Assignment = "Tenfold-Assignment";

    /// <summary>The value for no version and no arm.</summary>
    public const string None = "none";

    /// <summary>In the binary extension of the Open Inference Protocol: the length of the JSON before the tensors.</summary>
    public const string InferenceHeaderLength = "Inference-Header-Content-Length";
}
