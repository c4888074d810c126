using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Tests;

/// <summary>Run with <c>TENFOLD_ACCEPT=1</c> to write the documents anew.</summary>
public sealed class The_documents_are_current
{
    [Fact]
    public void The_schema_in_docs_is_that_of_the_model() => Compare("docs/tenfold.schema.json", ProjectSchema.ToJson());

    [Fact]
    public void The_reference_page_in_docs_is_that_of_the_model() => Compare("docs/tenfold-yaml.md", ProjectReference.ToMarkdown());

    [Fact]
    public void Every_example_of_the_reference_page_is_good()
    {
        var seen = 0;
        Visit(ProjectShapes.Root, field =>
        {
            seen++;
            var faults = new FaultList("example");
            field.Read(((MapNode)new TreeBuilder($"{field.Key}: {field.Example}\n", faults).Build()!).Entries[0].Value, faults);
            faults.InOrder().ShouldBeEmpty(field.Key);
        });
        seen.ShouldBeGreaterThan(60);
    }

    private static void Visit(Shape shape, Action<Field> use)
    {
        foreach (var field in shape.Fields)
        {
            use(field);
            Visit(field.Shape, use);
        }

        foreach (var (_, part) in shape.Parts) Visit(part, use);
    }

    private static void Compare(string path, string made)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tenfold.slnx"))) folder = folder.Parent;
        var file = Path.Combine(folder.FullName, path);
        if (Environment.GetEnvironmentVariable("TENFOLD_ACCEPT") == "1") File.WriteAllText(file, made);
        (File.Exists(file) ? File.ReadAllText(file) : "").ShouldBe(made, $"{path} is out of date: run this test with TENFOLD_ACCEPT=1 and look at the change");
    }
}
