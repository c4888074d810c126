using Tenfold.Agent.Preparation;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class Settings_of_installers_are_described : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PIP_INDEX_URL", "https://one/simple", "https://two/simple")]
    [InlineData("PIP_PRE", "0", "1")]
    [InlineData("PIP_ONLY_BINARY", ":none:", ":all:")]
    [InlineData("UV_INDEX", "https://one/simple", "https://two/simple")]
    [InlineData("UV_RESOLUTION", "highest", "lowest")]
    public void Variables_that_decide_what_is_installed_count(string name, string one, string other) =>
        Describe(name, one).ShouldNotBe(Describe(name, other));

    [Theory]
    [InlineData("PIP_CACHE_DIR", "/a", "/b")]
    [InlineData("PIP_PROGRESS_BAR", "on", "off")]
    [InlineData("UV_HTTP_TIMEOUT", "1", "2")]
    [InlineData("CONDA_CHANNELS", "a", "b")]
    // A new token gives the packages of the old one.
    [InlineData("PIP_INDEX_URL", "https://aws:token1@one/simple", "https://aws:token2@one/simple")]
    public void Others_do_not(string name, string one, string other) => Describe(name, one).ShouldBe(Describe(name, other));

    [Fact]
    public void Condas_count_where_conda_makes_the_environment()
    {
        Describe("CONDA_CHANNELS", "a", isConda: true).ShouldNotBe(Describe("CONDA_CHANNELS", "b", isConda: true));
        Describe("CONDA_PREFIX_1", "a", isConda: true).ShouldBe(Describe("CONDA_PREFIX_1", "b", isConda: true));
        _folder.Write("home/.condarc", "channels: [a]\n");
        var first = Describe("X", "", isConda: true);
        _folder.Write("home/.condarc", "channels: [b]\n");
        Describe("X", "", isConda: true).ShouldNotBe(first);
    }

    [Theory]
    [InlineData("home/.config/pip/pip.conf", "[global]\nindex-url = https://{0}/simple\n")]
    [InlineData("home/.pip/pip.conf", "[global]\nextra-index-url = https://x/simple https://{0}/simple\n")]
    [InlineData("home/.config/uv/uv.toml", "[[index]]\nurl = \"https://{0}/simple\"\n")]
    [InlineData("code/uv.toml", "[pip]\nextra-index-url = [\"https://{0}/simple\"]\n")]
    [InlineData("code/pyproject.toml", "[tool.uv]\nindex-url = \"https://{0}/simple\"\n")]
    public void Files_count(string path, string text)
    {
        var none = Describe("X", "");
        var described = new[] { "user:a@one", "user:b@one", "two" }.Select(server =>
        {
            _folder.Write(path, string.Format(null, text, server));
            return Describe("X", "");
        }).ToList();
        described[0].ShouldNotBe(none);
        described[0].ShouldBe(described[1]);
        described[0].ShouldNotContain("user:a");
        described[2].ShouldNotBe(described[0]);
        // Comments and blank lines say nothing.
        _folder.Write(path, $"# a comment\n\n{string.Format(null, text, "two")}");
        Describe("X", "").ShouldBe(described[2]);
    }

    private string Describe(string name, string value, bool isConda = false)
    {
        _folder.Write("code/sub/requirements.txt", "");
        var variables = new Dictionary<string, string> { ["HOME"] = _folder["home"], [name] = value };
        return InstallerSettings.Describe(isConda, variables, _folder["code/sub"], _folder["code"]);
    }
}
