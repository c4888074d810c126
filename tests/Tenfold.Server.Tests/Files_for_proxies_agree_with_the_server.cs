using System.Text.RegularExpressions;
using Tenfold.Server.Tests.Stories;

namespace Tenfold.Server.Tests;

/// <remarks>
/// Caddy and Apache are not installed here, so their files are read as far as their formats are simple: blocks, the limit of a body, and
/// the address of the server.
/// </remarks>
public sealed class Files_for_proxies_agree_with_the_server
{
    [Theory]
    [InlineData("nginx.conf", @"client_max_body_size +(\d+)m;", 1 << 20)]
    [InlineData("Caddyfile", @"max_size +(\d+)MiB\b", 1 << 20)]
    [InlineData("apache.conf", @"LimitRequestBody +(\d+)\b", 1)]
    public async Task A_proxy_passes_a_body_of_the_greatest_length_to_the_server(string name, string limit, long unit)
    {
        var text = Regex.Replace(await ReadAsync(name), "(?m)#.*$", "");
        var bytes = Regex.Match(text, limit).Groups[1].Value;
        (long.Parse(bytes) * unit).ShouldBe(new ServerOptions().MaxBodyBytes);
        text.ShouldContain(new ServerOptions().Url["http://".Length..]);
        text.Count(c => c == '{').ShouldBe(text.Count(c => c == '}'));
        var opened = Regex.Matches(text, @"(?m)^\s*<(\w+)").Select(match => match.Groups[1].Value);
        opened.ShouldBe(Regex.Matches(text, @"(?m)^\s*</(\w+)>").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task The_unit_has_sections_of_keys_with_values()
    {
        var lines = (await ReadAsync("tenfold-server.service")).Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        lines.Where(line => line[0] == '[').ShouldBe(["[Unit]", "[Service]", "[Install]"]);
        lines.Where(line => line[0] != '[').ShouldAllBe(line => Regex.IsMatch(line, "^[A-Z][A-Za-z]+=[^ ].*$"));
        lines.ShouldContain(line => line.StartsWith("ExecStart=/"));
    }

    private static Task<string> ReadAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(ServerProgram.Folder, "..", "..", "deploy", name));
}
