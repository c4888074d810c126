using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Attempts;

/// <summary>Whoever can write the ledger or a store can put null where something is needed.</summary>
public sealed class Records_with_nulls_are_damaged
{
    private const string Least =
        """{"project":"p","snapshot":"s","environment":{"kind":"system"},"parameters":{}}""";

    [Theory]
    [InlineData("\"project\":\"p\"", "\"project\":null")]
    [InlineData("{\"kind\":\"system\"}", "null")]
    [InlineData("{\"kind\":\"system\"}", "{}")]
    [InlineData("\"parameters\"", "\"secrets\":[null],\"parameters\"")]
    [InlineData("\"parameters\"", "\"secrets\":null,\"parameters\"")]
    [InlineData("\"parameters\"", "\"shell\":{\"PATH\":null},\"parameters\"")]
    [InlineData("\"parameters\"", "\"data\":{\"train\":null},\"parameters\"")]
    [InlineData("\"parameters\"", "\"resources\":null,\"parameters\"")]
    public void A_specification_is_refused(string whole, string damage)
    {
        var json = Least.Replace(whole, damage, StringComparison.Ordinal);
        json.ShouldNotBe(Least);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json, AttemptJson.Default.WorkSpec));
    }

    [Fact]
    public void A_specification_of_an_earlier_version_has_less_and_is_read()
    {
        var spec = JsonSerializer.Deserialize(Least, AttemptJson.Default.WorkSpec).ShouldNotBeNull();
        spec.Secrets.ShouldBeEmpty();
        spec.Data.ShouldBeEmpty();
        spec.Shell.ShouldBeEmpty();
        spec.Resources.ShouldBe(new ResourceSpec());
    }

    [Fact]
    public void An_assignment_with_null_anywhere_is_refused_or_has_an_owner()
    {
        var whole = JsonSerializer.SerializeToNode(Assignment(), AttemptJson.Default.Assignment)!;
        var (read, refused) = (0, 0);
        foreach (var path in Paths(whole).ToList())
        {
            var damaged = whole.DeepClone();
            Put(damaged, path);
            try
            {
                var assignment = damaged.Deserialize(AttemptJson.Default.Assignment).ShouldNotBeNull();
                assignment.Owner.Project.ShouldNotBeNull(string.Join('.', path));
                assignment.Owner.User.ShouldNotBeNull();
                assignment.Spec.Secrets.ShouldAllBe(name => name != null);
                assignment.Spec.Environment.Kind.ShouldNotBeNull();
                assignment.Attempt.ShouldNotBeNull();
                read++;
            }
            catch (JsonException)
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(3, "some members are optional");
        refused.ShouldBeGreaterThan(10);
    }

    private static IEnumerable<string[]> Paths(JsonNode node) => node is not JsonObject members ? [] : members.SelectMany(
        member => Paths(member.Value!).Select(path => (string[])[member.Key, .. path]).Prepend([member.Key]));

    private static void Put(JsonNode root, string[] path)
    {
        foreach (var name in path[..^1]) root = root[name]!;
        root[path[^1]] = null;
    }

    private static Assignment Assignment() => new()
    {
        Ledger = "l",
        Group = "aaaaaaaa",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Repeat = 1,
        Seed = 1,
        Spec = new WorkSpec
        {
            Project = "p",
            Snapshot = "s",
            Command = "true",
            Environment = new EnvironmentSpec("requirements", "requirements.txt", "h"),
            Parameters = JsonElement.Parse("{}"),
            Data = new Dictionary<string, DataSpec> { ["train"] = new("/d", "h", 1) },
            Metric = new MetricSpec("accuracy", MetricGoal.Maximize),
            Shell = new Dictionary<string, string> { ["PATH"] = "/bin" },
            Target = new TargetSpec("pool", "there", JsonElement.Parse("{}")),
            User = "ann",
        },
    };
}
