using System.Text.RegularExpressions;
using Tenfold.Core.Input;
using Tenfold.Core.Output;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Shapes;

/// <summary>Scalars that refer to something: files, locations, images, variables, expressions.</summary>
internal static class References
{
    public static Shape<Location> Location { get; } = new MappedShape<string, Location>(
        Scalars.Text("a path or s3://bucket/key", LocationFault, @"^(s3://[a-z0-9].*|(?![A-Za-z0-9+.-]+://).*)$"),
        text => new Location(text));

    public static ScalarShape<TrainingEnvironment> Environment { get; } = new(
        "system, a requirements .txt, a conda .yml, a Dockerfile or an image with its tag",
        ReadEnvironment,
        json => SchemaWriter.Pattern(json,
            @"^(system|[^/~\s].*\.(txt|yml|yaml)|([^/~\s].*/)?Dockerfile(\..+)?|[^/~\s].*\.[Dd]ockerfile|[^\s/]+[/:@]\S+)$"));

    /// <summary>The name of an environment variable. A faulty text may be the secret itself, so messages never show it.</summary>
    public static ScalarShape<string> Secret { get; } = Hidden(Scalars.Text(
        "the name of an environment variable", SecretFault, "^(?!TENFOLD_)[A-Za-z_][A-Za-z0-9_]*$"));

    public static ScalarShape<string> Expression { get; } = Scalars.Text("a regular expression with one group", MetricPattern.Fault);

    /// <summary>The path of a file in the project.</summary>
    public static ScalarShape<string> ProjectPath(string words, params string[] extensions) => Scalars.Text(
        words,
        text => ProjectPathFault(text) ?? (extensions.Length == 0 || HasExtension(text, extensions) ? null : ""),
        extensions.Length == 0 ? "^[^/~]" : $"^[^/~].*({string.Join('|', extensions.Select(Regex.Escape))})$");

    public static bool HasExtension(string path, params string[] extensions) =>
        Array.Exists(extensions, extension => path.Length > extension.Length && path.EndsWith(extension, StringComparison.Ordinal)
            && path[^(extension.Length + 1)] != '/');

    private static ScalarShape<string> Hidden(ScalarShape<string> shape) => new(
        shape.Words, scalar => shape.Parse(scalar) with { Suggestion = null }, shape.WriteSchema)
    { Hidden = true };

    private static string? ProjectPathFault(string text)
    {
        if (text.StartsWith('/') || text.StartsWith('~')) return "it must be in the project: write it relative to tenfold.yaml";
        if (text.Contains('\\', StringComparison.Ordinal)) return "separate folders with '/'";
        return text.Split('/').Contains("..") ? "it must be in the project, so that a snapshot contains it: no '..'" : null;
    }

    private static string? LocationFault(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return text.Any(char.IsControl) ? "it contains a control character" : null;
        if (!text.StartsWith("s3://", StringComparison.Ordinal)) return "s3:// is the only URI scheme; fetch the data first, or mount it";
        var bucket = new Location(text).Bucket!;
        var good = bucket.Length is >= 3 and <= 63 && bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            && char.IsAsciiLetterOrDigit(bucket[0]);
        return good ? null : "after s3:// comes the bucket: 3 to 63 lower-case letters, digits, '-' and '.'";
    }

    private static Reading<TrainingEnvironment> ReadEnvironment(ScalarNode scalar)
    {
        var text = scalar.Text;
        if (text == "system") return Reading.Of(TrainingEnvironment.System);
        if (text.Any(c => char.IsControl(c) || c == '\\')) return Reading.Fail<TrainingEnvironment>();
        var file = text[(text.LastIndexOf('/') + 1)..];
        EnvironmentKind? kind =
            HasExtension(text, ".txt") ? EnvironmentKind.Requirements
            : HasExtension(text, ".yml", ".yaml") ? EnvironmentKind.Conda
            : file == "Dockerfile" || file.StartsWith("Dockerfile.", StringComparison.Ordinal)
                || HasExtension(file, ".Dockerfile", ".dockerfile") ? EnvironmentKind.Dockerfile
            : null;
        if (kind is { } found)
            return ProjectPathFault(text) is { } fault ? Reading.Fail<TrainingEnvironment>(fault)
                : Reading.Of(new TrainingEnvironment(found, text));
        if (IsImage(text)) return Reading.Of(new TrainingEnvironment(EnvironmentKind.Image, text));
        var near = Nearest.To(text, ["system", "requirements.txt", "environment.yml", "Dockerfile"]);
        return Reading.Fail<TrainingEnvironment>("an image needs a tag, a digest or a registry, such as python:3.12-slim", near);
    }

    private static bool IsImage(string text)
    {
        if (!char.IsAsciiLetterOrDigit(text.Length == 0 ? ' ' : text[0]) || text.Contains("://", StringComparison.Ordinal)) return false;
        var divided = text.AsSpan().IndexOfAny('/', ':', '@');
        return divided > 0 && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@');
    }

    private static string? SecretFault(string text)
    {
        if (text.Contains('=', StringComparison.Ordinal)) return "write only the name; the value never belongs in this file";
        if (char.IsAsciiDigit(text[0]) || !text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return "letters, digits and '_' only; the value never belongs in this file";
        return text.StartsWith("TENFOLD_", StringComparison.Ordinal) ? "names that begin with TENFOLD_ are set by Tenfold" : null;
    }
}
