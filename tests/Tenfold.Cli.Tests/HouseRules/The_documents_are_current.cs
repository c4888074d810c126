using Tenfold.App.Targets;
using Tenfold.Projects;

namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>Generated documents match their source. With <c>TENFOLD_ACCEPT=1</c> the tests write the documents instead.</summary>
public sealed class The_documents_are_current
{
    public static TheoryData<string, string, string> Options =>
        [.. TargetKinds.Declarations.SelectMany(kind => kind.Options.Select(option => (kind.Kind, option.Key, option.Example)))];

    [Fact]
    public void The_schema_in_docs_matches_the_model() =>
        Compare("docs/tenfold.schema.json", ProjectSchema.ToJson(TargetKinds.Declarations));

    [Fact]
    public void The_reference_page_in_docs_matches_the_model() =>
        Compare("docs/tenfold-yaml.md", ProjectReference.ToMarkdown(TargetKinds.Declarations));

    [Theory]
    [MemberData(nameof(Options))]
    public void The_example_of_each_target_option_can_be_read(string kind, string key, string example)
    {
        var yaml = $"name: a\ntrain: {{ script: a.py }}\ntargets:\n  t:\n    kind: {kind}\n    {key}: {example}\n";
        var read = new ProjectReader(TargetKinds.Declarations).Read(yaml, "tenfold.yaml");
        read.Faults.ShouldBeEmpty();
        read.Value!.Targets["t"].Options.Keys.ShouldBe([key]);
    }

    private static void Compare(string path, string made)
    {
        var file = Path.Combine(Installed.Repository, path);
        if (Environment.GetEnvironmentVariable("TENFOLD_ACCEPT") == "1") File.WriteAllText(file, made);
        (File.Exists(file) ? File.ReadAllText(file) : "")
            .ShouldBe(made, $"{path} is out of date: run this test with TENFOLD_ACCEPT=1 and check the change");
    }
}
