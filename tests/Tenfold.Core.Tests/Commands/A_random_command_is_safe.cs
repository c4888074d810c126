using Tenfold.Core.Commands;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Commands;

public sealed class A_random_command_is_safe
{
    /// <summary>No surrounding command executes a value.</summary>
    [Fact]
    public async Task No_random_command_runs_a_value()
    {
        var random = new Random(42);
        string[] parts = ["{v}", "{v}", "'", "\"", "$(", ")", "${x:-", "}", "\\", "#", "\n", " ", " ", "a", "$x", ";", "(", "echo ",
            "echo ", "`", "<<E\n", "case a in a) ", ";; esac", "$((", "))", "$'"];
        string[] values = ["$(touch pwned)", "'; touch pwned; '", "\"; touch pwned; \"", "\ntouch pwned\n", "; touch pwned #",
            "`touch pwned`", ")\ntouch pwned\n(", "'\ntouch pwned\n'"];
        var folder = Directory.CreateTempSubdirectory("tenfold-test-").FullName;
        try
        {
            var script = new System.Text.StringBuilder();
            var commands = new List<string>();
            while (commands.Count < 3_000)
            {
                var template = string.Concat(Enumerable.Range(0, random.Next(2, 12)).Select(_ => parts[random.Next(parts.Length)]));
                if (!template.Contains("{v}", StringComparison.Ordinal)) continue;
                var parameters = Parameters.From([new("v", new TextValue(values[random.Next(values.Length)]))]);
                if (CommandTemplate.Parse(template).Render(parameters, 1, 1, "r").Value is not { } command) continue;
                commands.Add(template);
                var file = Path.Combine(folder, $"c{commands.Count}");
                await File.WriteAllTextAsync(file, command);
                script.Append($"( sh ./c{commands.Count} ) < /dev/null > /dev/null 2>&1; ");
                script.Append($"if [ -e pwned ]; then echo {commands.Count}; rm -f pwned; fi\n");
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "all"), script.ToString());
            var run = await Shell.RunAsync("sh ./all", folder);
            run.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(number => commands[int.Parse(number) - 1]).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
