using System.Text;
using Tenfold.Core.Targets;
using Tenfold.Projects.Keys;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>Generates the reference page of <c>tenfold.yaml</c> from the model that checks the file.</summary>
public static class ProjectReference
{
    private const string Introduction = """
        # `tenfold.yaml`

        Every key, its type, its default and an example. This page and `tenfold.schema.json` are generated from the model that checks the
        file. The test `The_documents_are_current` compares them with the model; with `TENFOLD_ACCEPT=1` it writes them.

        An editor with a YAML language server completes and checks the file when it begins with this line:

            # yaml-language-server: $schema=<path or address of tenfold.schema.json>

        Scalars are read as YAML 1.2: `1e-4` is a number, and only `true` and `false` are booleans (`yes` and `no` are texts). Scalars that
        YAML readers disagree about (`012`, `1_000`) are refused, as are `.inf` and `.nan`. Relative paths start at the folder of the file.

        """;

    /// <summary>The page, as Markdown.</summary>
    /// <param name="kinds">The kinds of target that a file may name.</param>
    public static string ToMarkdown(IReadOnlyList<TargetKindDeclaration> kinds)
    {
        var page = new StringBuilder();
        page.Append(Introduction);
        WriteSection(page, "", ProjectKeys.Root(kinds));
        return page.ToString();
    }

    private static void WriteSection(StringBuilder page, string path, Shape shape)
    {
        if (shape.Fields.Count > 0)
        {
            page.Append(path.Length == 0 ? "\n## The whole file\n\n" : $"\n## `{path}`\n\n");
            page.Append("| key | type | default | meaning | example |\n|---|---|---|---|---|\n");
            foreach (var field in shape.Fields)
            {
                var absent = field.Required ? "**required**" : field.DefaultWords;
                var example = $"{field.Key}: {field.Example}";
                string[] cells = [$"`{field.Key}`", field.Shape.Words, absent, field.Meaning, $"`{example}`"];
                page.Append($"| {string.Join(" | ", cells.Select(Cell))} |\n");
            }
        }

        foreach (var field in shape.Fields) WriteSection(page, path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Shape);
        foreach (var (suffix, part) in shape.Parts) WriteSection(page, path + suffix, part);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
