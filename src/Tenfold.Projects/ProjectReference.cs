using System.Text;
using Tenfold.Core.Targets;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>The reference page of <c>tenfold.yaml</c>, from the same model as the checks.</summary>
public static class ProjectReference
{
    /// <summary>The page, as Markdown.</summary>
    /// <param name="kinds">The kinds of target that a file may name.</param>
    public static string ToMarkdown(IReadOnlyList<TargetKindDeclaration> kinds)
    {
        var page = new StringBuilder();
        page.Append("""
            # `tenfold.yaml`

            Every key, its type, its default and an example. This page and `tenfold.schema.json` are made from the model that checks the file:
            the test `The_documents_are_current` holds them to it, and run with `TENFOLD_ACCEPT=1` writes them anew.

            An editor with a YAML language server completes and checks the file after this first line:

                # yaml-language-server: $schema=<path or address of tenfold.schema.json>

            Scalars are read as YAML 1.2: `1e-4` is a number, and only `true` and `false` are booleans (`yes` and `no` are texts). What readers
            disagree about (`012`, `1_000`) is refused, as are `.inf` and `.nan`. Paths begin at the file's folder.

            """);
        WriteSection(page, "", ProjectShapes.Root(kinds));
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
                page.Append($"| `{field.Key}` | {Cell(field.Shape.Words)} | {Cell(absent)} | {Cell(field.Meaning)} | `{Cell($"{field.Key}: {field.Example}")}` |\n");
            }
        }

        foreach (var field in shape.Fields) WriteSection(page, path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Shape);
        foreach (var (suffix, part) in shape.Parts) WriteSection(page, path + suffix, part);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
