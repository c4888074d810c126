using System.Text;
using System.Text.Json;
using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Output;

public sealed class Malformed_lines_never_throw
{
    private static readonly string[] Pieces =
    [
        "{", "}", "\"", "\"metric\":", "\"value\":", "\"step\":", "NaN", "-Infinity", "1e999", "null", "[", "\\ud800", "\\u0000", ",", "\t",
        "\r",
    ];

    private static readonly string[] RequirementPieces =
    [
        "-r ", "-c ", "--hash=", " @ ", "file://", "../", "~=", ";", "\\\n", "#", "[", "]", "${HOME}", "--", "\0", "\u00e9", "-e .", "\n",
        "'",
    ];

    private static readonly string[] CondaPieces =
        ["- ", "  ", "pip:", "\n", "dependencies:", "{", "}", "[", "]", "|", "&a ", "*a", "'", "\"", "::"];

    private static readonly WorkSpec Spec = new()
    {
        Project = "test",
        Snapshot = "0",
        Environment = new EnvironmentSpec("system"),
        Parameters = JsonDocument.Parse("{}").RootElement,
    };

    [Fact]
    public async Task A_line_is_a_metric_or_is_named_as_none()
    {
        var recorded = 0;
        string[] seeds =
        [
            "{\"metric\":\"loss\",\"value\":0.25,\"step\":3}", "2026-01-01 INFO {\"metric\": \"acc\", \"value\": NaN}",
            "{\"value\":1,\"metric\":\"\u00e9\",\"more\":{\"a\":[1,2]}}",
        ];
        await Mutations.CheckAsync(seeds, Pieces, 6_000, input =>
        {
            var metrics = new MetricRecorder(Spec, null, _ => { }, TimeProvider.System)
            {
                Added = (name, point) =>
                {
                    recorded++;
                    name.Length.ShouldBeInRange(1, MetricLine.MaxNameLength);
                    double.IsFinite(point.Value).ShouldBe(point.Value - point.Value == 0);
                },
            };
            metrics.Record(input, isStandardOutput: true);
            foreach (var warning in metrics.Warnings(hasSucceeded: true)) warning.ToString().ShouldNotBeEmpty();
        });
        recorded.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Requirements_are_read_or_named_as_not_understood()
    {
        using var folder = new TemporaryFolder();
        folder.Write("base.txt", "numpy\n");
        folder.Write("wheels/a.whl", "a wheel");
        string[] seeds =
        [
            "numpy==1.26 ; python_version > '3'\n-r base.txt\n./wheels/a.whl[x]\n",
            "--find-links wheels\nlib[dev] @ file:///tmp/none.whl\n",
            "a \\\n  --hash=sha256:00\n-e .#egg=x\n",
        ];
        await Mutations.CheckAsync(seeds, RequirementPieces, 2_000, input =>
        {
            folder.Write("requirements.txt", Encoding.UTF8.GetString(input));
            Requirements.Read(folder.Path, "requirements.txt", RequirementsContext.None).Content.ShouldNotBeNull();
        });
    }

    [Fact]
    public Task An_environment_yml_is_read_or_named_as_not_understood() => Mutations.CheckAsync(
        ["dependencies:\n  - python=3.11\n  - pip:\n    - -r requirements.txt\n    - './a.whl'\n",
            "dependencies:\n- pip: [a, \"b\"]\nvariables:\n  A: b\n"],
        CondaPieces, 4_000, input => CondaFile.Read(Encoding.UTF8.GetString(input)).Requirements.ShouldNotBeNull());
}
