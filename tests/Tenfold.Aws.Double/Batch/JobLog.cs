using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Where the log of a job goes.</summary>
internal static class JobLog
{
    public const string DefaultGroup = "/aws/batch/job";
    private const int MaxPrefix = 200;

    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static (string Group, string Stream) PlaceOf(JobSpec spec, string task)
    {
        var options = spec.Container["logConfiguration"]?["options"];
        var name = spec.DefinitionName.Length > MaxPrefix ? spec.DefinitionName[..MaxPrefix] : spec.DefinitionName;
        return (options.Text("awslogs-group") ?? DefaultGroup, $"{options.Text("awslogs-stream-prefix") ?? name}/default/{task}");
    }
}
