using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Puts parameters into a notebook as papermill does: in a cell of their own, after the cell tagged <c>parameters</c>, or first.
/// </summary>
public static class NotebookParameters
{
    /// <summary>
    /// The Python program that executes a notebook with nbconvert. Its arguments are the notebook, the path of the executed notebook, and
    /// the folder in which it runs. It prints at once what the cells print, so that metrics and logs are live. It writes the executed
    /// notebook also when a cell fails or the run is stopped.
    /// </summary>
    public const string Driver =
        """
        import os, signal, sys
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        import nbformat
        from nbconvert.preprocessors import ExecutePreprocessor
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        source, target, folder = sys.argv[1:4]

        class Live(ExecutePreprocessor):
            def process_message(self, msg, cell, cell_index):
                if msg["header"]["msg_type"] == "stream":
                    content = msg["content"]
                    stream = sys.stderr if content["name"] == "stderr" else sys.stdout
                    stream.write(content["text"])
                    stream.flush()
                return super().process_message(msg, cell, cell_index)

        def stop(*_):
            raise SystemExit(143)

        signal.signal(signal.SIGTERM, stop)
        notebook = nbformat.read(source, as_version=4)
        try:
            Live(timeout=None).preprocess(notebook, {"metadata": {"path": folder}})
        except (CellExecutionError, DeadKernelError) as error:
            print(error, file=sys.stderr)
            sys.exit(1)
        finally:
            nbformat.write(notebook, target)
        """;

    /// <summary>Puts the parameters and the seed into a notebook. A notebook in another language than Python stays as it was.</summary>
    /// <exception cref="JsonException">It is not a notebook of format 4.</exception>
    public static byte[] Inject(byte[] notebook, JsonElement parameters, long seed)
    {
        if (JsonNode.Parse(notebook) is not JsonObject root || root["cells"] is not JsonArray cells
            || cells.Any(cell => cell is not JsonObject))
            throw new JsonException("it has no list of cells (nbformat 4 is needed)");
        if (Language(root) != "python") return notebook;
        var lines = parameters.EnumerateObject().Select(parameter => $"{parameter.Name} = {Python(parameter.Value)}\n").ToList();
        if (!parameters.TryGetProperty("seed", out _)) lines.Add($"seed = {seed}\n");
        var tagged = cells.ToList().FindIndex(cell => HasTag(cell, "parameters"));
        var cell = new JsonObject
        {
            ["id"] = "tenfold-parameters",
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["metadata"] = new JsonObject { ["tags"] = new JsonArray("injected-parameters") },
            ["outputs"] = new JsonArray(),
            ["source"] = new JsonArray([.. lines.Prepend("# Parameters of this run\n").Select(line => (JsonNode)line)]),
        };
        // Cells have ids since nbformat 4.5. In older notebooks they must have none.
        if ((int?)root["nbformat_minor"] is not >= 5) cell.Remove("id");
        cells.Insert(tagged + 1, cell);
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static string Language(JsonObject root)
    {
        if (root["metadata"] is not (null or JsonObject)) throw new JsonException("its metadata is not an object");
        foreach (var (part, name) in new[] { ("kernelspec", "language"), ("language_info", "name") })
        {
            if (root["metadata"]?[part] is not JsonObject described || described[name] is not { } language) continue;
            return language is JsonValue value && value.TryGetValue<string>(out var text)
                ? text
                : throw new JsonException($"its metadata's {part}.{name} is not a text");
        }

        return "python";
    }

    private static bool HasTag(JsonNode? cell, string tag) =>
        cell?["metadata"] is JsonObject metadata && metadata["tags"] is JsonArray tags
        && tags.Any(t => t is JsonValue value && value.TryGetValue<string>(out var text) && text == tag);

    private static string Python(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Python))}]",
        JsonValueKind.Object =>
            $"{{{string.Join(", ", value.EnumerateObject().Select(member => $"{Python(member.Name)}: {Python(member.Value)}"))}}}",
        JsonValueKind.String => Python(value.GetString()!),
        _ => value.GetRawText(),
    };

    // JSON's escapes differ from Python's: JSON writes a character beyond U+FFFF as two escapes, and may write / as \/. Python would keep
    // both as they are.
    private static string Python(string text) =>
        $"\"{string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\u{(int)c:x4}" : $"{c}"))}\"";
}
