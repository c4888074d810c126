using System.Text.Json;
using System.Text.Unicode;
using Json.Schema;

namespace Tenfold.Gateway.Protocol;

/// <summary>Checks the body of a request against the JSON Schema of a version (draft 2020-12).</summary>
internal sealed class InputCheck
{
    private const int MostFaults = 10, LongestMessage = 160;
    private static readonly EvaluationOptions Verdict = new() { OutputFormat = OutputFormat.Flag, RequireFormatValidation = true };
    private static readonly EvaluationOptions Explanation = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly JsonSchema _schema;
    private readonly SimpleSchema? _simple;

    private InputCheck(string text)
    {
        Document = JsonDocument.Parse(text).RootElement;
        // Each schema has a registry of its own, so that two versions may have schemas with one `$id`.
        _schema = JsonSchema.FromText(text, new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        _simple = SimpleSchema.Compile(Document);
    }

    /// <summary>The schema.</summary>
    public JsonElement Document { get; }

    /// <summary>Reads a schema.</summary>
    /// <param name="text">The schema; null for none.</param>
    /// <returns>The check, which is null without a schema; or a refusal, when the text is no JSON Schema.</returns>
    public static Outcome<Parsed> Parse(string? text)
    {
        if (text is null) return new Parsed(null);
        try
        {
            var check = new InputCheck(text);
            return SchemaReferences.FindBroken(check.Document) is { } broken
                ? Refusal.BadInput($"the input schema refers to '{broken}', which is not in it")
                : new Parsed(check);
        }
        catch (Exception e) when (e is JsonException or JsonSchemaException or ArgumentException or InvalidOperationException)
        {
            return Refusal.BadInput($"the input schema can't be used: {e.Message}");
        }
    }

    /// <summary>Checks a body.</summary>
    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public IReadOnlyList<InputFault> Find(ReadOnlyMemory<byte> body)
    {
        if (_simple?.Accepts(body.Span) == true) return [];
        if (!Utf8.IsValid(body.Span)) return [new InputFault("", "encoding", "the body is not valid UTF-8")];
        JsonDocument document;
        try
        {
            // Of two members with one name, the model could read the one that was not checked.
            document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            if (IsJson(body)) return [new InputFault("", "duplicate", "a member occurs twice in the body")];
            return [new InputFault("", "json", $"the body is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})")];
        }

        using (document)
        {
            if (_schema.Evaluate(document.RootElement, Verdict).IsValid) return [];
            var explained = _schema.Evaluate(document.RootElement, Explanation);
            var faults = new[] { explained }.Concat(explained.Details ?? [])
                .SelectMany(detail => (detail.Errors ?? []).Select(error =>
                    new InputFault(detail.InstanceLocation.ToString(), error.Key, Shorten(error.Value))))
                .Distinct().Take(MostFaults).ToList();
            return faults.Count > 0 ? faults : [new InputFault("", "schema", "the body does not match")];
        }
    }

    private static bool IsJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Shorten(string message) => message.Length <= LongestMessage ? message : $"{message[..LongestMessage]}...";

    /// <summary>What reading a schema gave.</summary>
    /// <param name="Check">The check; null without a schema.</param>
    internal sealed record Parsed(InputCheck? Check);
}

/// <summary>A place in a request's body that does not match the schema.</summary>
/// <param name="At">The place, as a JSON Pointer; empty for the whole body.</param>
/// <param name="Rule">The keyword of the schema, or <c>json</c> or <c>encoding</c>.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record InputFault(string At, string Rule, string Message);
