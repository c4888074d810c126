using System.Text;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecs;

/// <summary>Serves what a task may know about itself.</summary>
/// <remarks>Source: ECS Developer Guide, "Task metadata endpoint version 4".</remarks>
internal static class EcsMetadata
{
    public const string Prefix = "/ecs-metadata/v4/";

    /// <summary>The metadata as JSON, or null when the request is for something else.</summary>
    public static HttpAnswer? Answer(EcsService ecs, HttpRequest request)
    {
        if (request.Method != "GET" || !request.Path.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        return ecs.MetadataOf(request.Path[Prefix.Length..]) is { } found
            ? new HttpAnswer(200, Encoding.UTF8.GetBytes(found.ToJsonString())) { Headers = { ["Content-Type"] = "application/json" } }
            : HttpAnswer.Text(404, "no such task");
    }
}
