using Tenfold.Agent.Preparation;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class Requirements_include_other_files : IDisposable
{
    private readonly TemporaryFolder _code = new();

    public void Dispose() => _code.Dispose();

    [Theory]
    [InlineData("-r base.txt")]
    [InlineData("--requirement=base.txt")]
    [InlineData("-c base.txt")]
    public void Another_included_file_is_another_environment(string line)
    {
        _code.Write("requirements.txt", $"{line}\n");
        _code.Write("base.txt", "numpy==1.0\n");
        var before = Requirements.Read(_code.Path, "requirements.txt");
        _code.Write("base.txt", "numpy==2.0\n");
        before.Fault.ShouldBeNull();
        Requirements.Read(_code.Path, "requirements.txt").Content.ShouldNotBe(before.Content);
    }

    [Fact]
    public void Another_package_in_the_project_is_another_environment()
    {
        _code.Write("requirements.txt", "./lib\n");
        _code.Write("lib/setup.py", "one");
        var before = Requirements.Read(_code.Path, "requirements.txt").Content;
        _code.Write("lib/setup.py", "two");
        Requirements.Read(_code.Path, "requirements.txt").Content.ShouldNotBe(before);
    }

    [Fact]
    public void A_cycle_of_includes_ends()
    {
        _code.Write("requirements.txt", "-r other.txt\n");
        _code.Write("other.txt", "-r requirements.txt\n");
        Requirements.Read(_code.Path, "requirements.txt").Fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("-r gone.txt", "gone.txt")]
    [InlineData("-e .", "drop -e")]
    public void A_line_that_cannot_work_is_refused(string line, string words)
    {
        _code.Write("requirements.txt", $"{line}\n");
        Requirements.Read(_code.Path, "requirements.txt").Fault.ShouldNotBeNull().ShouldContain(words);
    }

    /// <summary>Each line, with what it depends on; a change there must be another environment.</summary>
    [Theory]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("wheels/lib-1.0-py3-none-any.whl", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("lib-1.0-py3-none-any.whl", "lib-1.0-py3-none-any.whl")]
    [InlineData("lib-1.0.tar.gz", "lib-1.0.tar.gz")]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl[dev,test]", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl [dev]", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl ; python_version > '3'", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl --hash=sha256:00", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("./wheels/lib-1.0-py3-none-any.whl # why", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("lib @ ./wheels/lib-1.0-py3-none-any.whl", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("lib[dev]@file:./wheels/lib-1.0-py3-none-any.whl", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("lib @ file:wheels/lib-1.0-py3-none-any.whl ; python_version > '3'", "wheels/lib-1.0-py3-none-any.whl")]
    [InlineData("lib @ file://localhost%/wheels/a.whl", "wheels/a.whl")]
    [InlineData("lib @ file://%/my%20wheels/a.whl#sha256=00", "my wheels/a.whl")]
    [InlineData("file://%/wheels/a.whl", "wheels/a.whl")]
    [InlineData("%/wheels/a.whl", "wheels/a.whl")]
    [InlineData("${WHEELS}/a.whl", "wheels/a.whl")]
    [InlineData("./lib", "lib/pyproject.toml")]
    [InlineData("./lib/", "lib/src/lib.py")]
    [InlineData("./lib[dev]", "lib/src/lib.py")]
    [InlineData(".", "src/lib.py")]
    [InlineData("--find-links wheels\nlib", "wheels/a.whl")]
    [InlineData("--find-links=wheels\nlib", "wheels/a.whl")]
    [InlineData("-fwheels\nlib", "wheels/a.whl")]
    [InlineData("-f file://%/wheels\nlib", "wheels/a.whl")]
    [InlineData("--find wheels\nlib", "wheels/a.whl")]
    [InlineData("--no-index --find-links \"my wheels\"\nlib", "my wheels/a.whl")]
    [InlineData("-i file://%/simple\nlib", "simple/lib/index.html")]
    [InlineData("-r base.txt", "base.txt")]
    [InlineData("-rbase.txt", "base.txt")]
    [InlineData("--requirement=base.txt", "base.txt")]
    [InlineData("--requirem base.txt", "base.txt")]
    [InlineData("-r \\\nbase.txt", "base.txt")]
    [InlineData("-r sub/nested.txt", "sub/more.txt")]
    [InlineData("-r sub/nested.txt", "wheels/a.whl")]
    [InlineData("-c base.txt", "base.txt")]
    [InlineData("-cbase.txt", "base.txt")]
    [InlineData("# comment \\\n./wheels/a.whl", "wheels/a.whl")]
    [InlineData("lib==1.0 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\n./wheels/a.whl", "wheels/a.whl")]
    [InlineData("\uFEFF./wheels/a.whl", "wheels/a.whl")]
    public void A_file_that_a_line_depends_on_is_part_of_the_environment(string lines, string file)
    {
        _code.Write("requirements.txt", lines.Replace("%/", $"{_code.Path}/", StringComparison.Ordinal) + "\n");
        foreach (var name in new[]
        {
            "wheels/lib-1.0-py3-none-any.whl", "lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz", "wheels/a.whl", "my wheels/a.whl",
            "lib/pyproject.toml", "lib/src/lib.py", "src/lib.py", "simple/lib/index.html", "base.txt",
        })
            _code.Write(name, "one\n");
        _code.Write("sub/nested.txt", "-r more.txt\n./wheels/a.whl\n");
        _code.Write("sub/more.txt", "one\n");
        var context = new RequirementsContext(new Dictionary<string, string> { ["WHEELS"] = _code["wheels"] });
        var before = Requirements.Read(_code.Path, "requirements.txt", context);
        before.Fault.ShouldBeNull();
        before.NotUnderstood.ShouldBeNull();
        Requirements.Read(_code.Path, "requirements.txt", context).Content.ShouldBe(before.Content);
        _code.Write(file, "two\n");
        Requirements.Read(_code.Path, "requirements.txt", context).Content.ShouldNotBe(before.Content);
    }

    [Theory]
    [InlineData("numpy")]
    [InlineData("numpy==1.26.4")]
    [InlineData("numpy >= 1.0, < 2 ; python_version >= '3.9' and sys_platform == \"linux\"")]
    [InlineData("numpy (>=1.0)")]
    [InlineData("torch~=2.1.*")]
    [InlineData("requests[security,socks]>=2,<3")]
    [InlineData("lib @ https://example.com/a;b/lib-1.0.whl ; python_version > '3'")]
    [InlineData("lib @ git+https://example.com/lib.git@v1#egg=lib&subdirectory=x")]
    [InlineData("git+ssh://git@example.com/lib.git")]
    [InlineData("-e git+https://example.com/lib.git#egg=lib")]
    [InlineData("https://example.com/lib-1.0.whl")]
    [InlineData("--index-url https://example.com/simple\n--extra-index-url https://${NO_SUCH}@example.com\n--pre\n--trusted-host a")]
    [InlineData("--no-binary :all:\n--only-binary=numpy\n--require-hashes\n--prefer-binary\n--use-feature x")]
    [InlineData("")]
    [InlineData("   # only a comment")]
    public void A_line_that_depends_on_nothing_here_is_understood(string line)
    {
        _code.Write("requirements.txt", $"{line}\n");
        var reading = Requirements.Read(_code.Path, "requirements.txt");
        (reading.Fault, reading.NotUnderstood, reading.Plain).ShouldBe((null, null, null));
    }

    [Theory]
    [InlineData("--odd value")]
    [InlineData("./gone.whl")]
    [InlineData("gone-1.0.whl")]
    [InlineData("-r https://example.com/requirements.txt")]
    [InlineData("numpy 1.0")]
    [InlineData("numpy=1.0")]
    [InlineData("lib @ odd://example.com/lib.whl")]
    [InlineData("--find-links page.html")]
    [InlineData("./lib")]
    public void A_line_that_may_depend_on_anything_is_named(string line)
    {
        _code.Write("page.html", "<a href=x>");
        _code.Write("lib/pyproject.toml", "dependencies = [\"other @ file:../other\"]");
        _code.Write("requirements.txt", $"numpy\n{line}\n");
        var reading = Requirements.Read(_code.Path, "requirements.txt");
        reading.Fault.ShouldBeNull();
        reading.NotUnderstood.ShouldNotBeNull().ShouldContain(line);
    }

    [Fact]
    public void Paths_start_at_the_files_folder_or_at_the_projects()
    {
        _code.Write("env/requirements.txt", "./wheels/a.whl\n");
        _code.Write("wheels/a.whl", "one");
        Requirements.Read(_code.Path, "env/requirements.txt").ShouldSatisfyAllConditions(
            reading => reading.Folder.ShouldBe(_code.Path), reading => reading.NotUnderstood.ShouldBeNull());
        _code.Write("env/wheels/a.whl", "one");
        Requirements.Read(_code.Path, "env/requirements.txt").Folder.ShouldBe(_code["env"]);
    }

    [Fact]
    public void Lines_that_pip_cannot_read_or_would_read_from_the_live_project_are_rewritten()
    {
        _code.Write("requirements.txt", "-r more.txt\nlib[dev] @ ./wheels/a.whl ; python_version > '3'\n-f wheels\n");
        _code.Write("more.txt", "numpy==1.0 # pinned\n/live/wheels/a.whl[x]\n-c /live/base.txt\n");
        _code.Write("wheels/a.whl", "one");
        _code.Write("base.txt", "numpy<2\n");
        var paths = new Core.Commands.ProjectPaths(["/live"], null, path => Path.Exists(_code[path]));
        var reading = Requirements.Read(_code.Path, "requirements.txt", new RequirementsContext(new Dictionary<string, string>(), paths));
        reading.Fault.ShouldBeNull();
        reading.Plain.ShouldNotBeNull().Trim().Split('\n').ShouldBe(
        [
            "numpy==1.0", $"{_code["wheels/a.whl"]}[x]", $"--constraint {_code["base.txt"]}",
            $"lib[dev] @ file://{_code["wheels/a.whl"]} ; python_version > '3'", $"--find-links {_code["wheels"]}",
        ]);
    }

    [Theory]
    [InlineData("wheels/a#1%41.whl")]
    [InlineData("C|/a.whl")]
    [InlineData("some wheels/é?.whl")]
    public void The_name_of_a_file_is_escaped_in_its_url(string file)
    {
        _code.Write(file, "one");
        _code.Write("requirements.txt", $"lib @ ./{file}\n");
        var plain = Requirements.Read(_code.Path, "requirements.txt", RequirementsContext.None).Plain.ShouldNotBeNull().Trim();
        plain.ShouldStartWith("lib @ file:///");
        plain.ShouldNotContain('#');
        Uri.UnescapeDataString(plain["lib @ file://".Length..]).ShouldBe(_code[file]);
    }

    [Theory]
    [InlineData("dependencies:\n  - python=3.11\n  - pip\n  - pip:\n    - -r requirements.txt\n    - ./wheels/a.whl # local\n  - numpy\n")]
    [InlineData("dependencies:\n- pip:\n  - \"-r requirements.txt\"\n  - './wheels/a.whl'\n")]
    [InlineData("dependencies:\n  - pip: [-r requirements.txt, \"./wheels/a.whl\"]\n")]
    [InlineData("dependencies:\n  - pip: [\n      -r requirements.txt,\n      ./wheels/a.whl ]\nvariables:\n  A: b\n")]
    public void The_list_of_pip_in_an_environment_yml_is_found(string text)
    {
        var (lines, odd) = CondaFile.Read(text);
        odd.ShouldBeNull();
        lines.ShouldBe(["-r requirements.txt", "./wheels/a.whl"]);
    }

    [Theory]
    [InlineData("dependencies:\n  - python\n  - numpy::pandas>=1 # from: there\nchannels: [conda-forge, https://example.com/x]\n", null)]
    [InlineData("dependencies:\n  - pip:\n    - |\n      ./a.whl\n", "- pip:")]
    [InlineData("dependencies: [python, {pip: [./a.whl]}]\n", "dependencies: [python, {pip: [./a.whl]}]")]
    [InlineData("channels:\n  - file:///opt/channel\n", "- file:///opt/channel")]
    [InlineData("channels:\n  - ./channel\n", "- ./channel")]
    [InlineData("x: &pip [a]\ndependencies: *pip\n", "x: &pip [a]")]
    public void Other_forms_of_an_environment_yml_are_named(string text, string? odd) => CondaFile.Read(text).NotUnderstood.ShouldBe(odd);

    [Theory]
    [InlineData("-r link\n")]
    [InlineData("./link\n")]
    public void A_device_that_never_ends_is_not_read(string text)
    {
        _code.Write("requirements.txt", text);
        File.CreateSymbolicLink(_code["link"], "/dev/urandom");
        var reading = Requirements.Read(_code.Path, "requirements.txt", RequirementsContext.None);
        (reading.Fault ?? reading.NotUnderstood).ShouldNotBeNull().ShouldContain("link");
    }
}
