using System.Text;

namespace Tenfold.Projects.Tests;

public sealed class Malformed_files_never_throw
{
    private static readonly string[] Pieces =
        [":", " ", "\n", "\t", "-", "- ", "{", "}", "[", "]", "'", "\"", "#", "&a ", "*a", "!", "!!int ", "|", ">", "%", "@", "`", "?",
            "? ", ",", "~", "null", "1e999", ".nan", "0x", "---\n", "...\n", "\0", "\uFEFF", "\uD800", "🎲", "\r", "\u0085", "<<: ",
            "{seed}", "{x}", "\\", "(", "name", "train:\n"];

    [Theory]
    [InlineData(Samples.Whole)]
    [InlineData(Samples.Swept)]
    public async Task A_project_is_read_or_every_fault_is_named(string file)
    {
        var (projects, faulty) = (0, 0);
        await Mutations.CheckAsync([file], Pieces, 6_000, input =>
        {
            var yaml = Encoding.UTF8.GetString(input);
            var read = Samples.Reader.Read(yaml, "tenfold.yaml");
            var lines = yaml.Split('\n', '\r', '\u0085').Length;
            (read.Value is null).ShouldBe(read.Faults.Count > 0);
            foreach (var fault in read.Faults)
            {
                fault.Line.ShouldBeInRange(1, lines, fault.ToString());
                fault.Column.ShouldBeInRange(1, yaml.Length + 1, fault.ToString());
                fault.Message.ShouldNotBeNullOrWhiteSpace();
                fault.ToString().Any(char.IsControl).ShouldBeFalse(fault.ToString());
            }

            if (read.Value is null) faulty++;
            else projects++;
        });
        projects.ShouldBeGreaterThan(50);
        faulty.ShouldBeGreaterThan(1_000);
    }
}
