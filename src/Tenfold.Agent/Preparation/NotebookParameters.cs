using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Puts parameters into a notebook as papermill does: in a cell of their own, after the cell tagged <c>parameters</c>, or first.
/// </summary>
public static class NotebookParameters
{
    /// <summary>
    /// The Python program that executes a notebook with nbconvert. Its arguments are the notebook, the path of the executed notebook, the
    /// folder in which it runs, the kernel's name (empty for the notebook's own choice), and a folder of kernel specs. It prints at once
    /// what the cells print, so that metrics and logs are live. It writes the executed notebook also when a cell fails or the run is
    /// stopped.
    /// </summary>
    public const string Driver =
        """
        import os, signal, sys
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        source, target, folder, kernel, specs = sys.argv[1:6]
        os.environ["JUPYTER_PATH"] = os.pathsep.join(p for p in (specs, os.environ.get("JUPYTER_PATH")) if p)
        import nbformat
        from nbconvert.preprocessors import ExecutePreprocessor
        from nbclient.exceptions import CellExecutionError, DeadKernelError

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
        chosen = {"kernel_name": kernel} if kernel else {}
        try:
            Live(timeout=None, **chosen).preprocess(notebook, {"metadata": {"path": folder}})
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
        var file = NotebookFile.Parse(notebook);
        if (file.OtherLanguage is not null) return notebook;
        var root = file.Root;
        var lines = parameters.EnumerateObject().Select(parameter => $"{parameter.Name} = {Python(parameter.Value)}\n").ToList();
        if (!parameters.TryGetProperty("seed", out _)) lines.Add($"seed = {seed}\n");
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
        file.Cells.Insert(file.TaggedCell + 1, cell);
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
    }

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
