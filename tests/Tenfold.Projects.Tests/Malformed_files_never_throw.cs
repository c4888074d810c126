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
    public void Mutations_of_a_good_file_never_throw(string file)
    {
        var random = new Random(7);
        var (projects, faulty) = (0, 0);
        for (var i = 0; i < 6_000; i++)
        {
            var yaml = Mutate(file, random);
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
        }

        projects.ShouldBeGreaterThan(50);
        faulty.ShouldBeGreaterThan(1_000);
    }

    private static string Mutate(string yaml, Random random)
    {
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(yaml.Length);
            var length = Math.Min(random.Next(1, 12), yaml.Length - at);
            var piece = Pieces[random.Next(Pieces.Length)];
            yaml = random.Next(4) switch
            {
                0 => yaml.Remove(at, length),
                1 => yaml.Insert(at, piece),
                2 => yaml.Remove(at, length).Insert(at, piece),
                _ => yaml.Insert(random.Next(yaml.Length), yaml.Substring(at, length)),
            };
        }

        return yaml;
    }
}
