using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Jobs;

/// <summary>The start script of jobs, run for real over the S3 server.</summary>
public sealed class A_job_brings_its_agent(S3Server server) : IClassFixture<S3Server>, IDisposable
{
    // What python:3.12-slim has, besides python3.
    private static readonly string[] Programs =
    [
        "sh", "bash", "sed", "find", "sha256sum", "cut", "id", "mkdir", "hostname", "tar", "gzip", "mv", "rm", "cat", "echo", "wc", "touch",
        "flock", "sleep", "tr", "dirname", "env",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string _prefix = $"a b/{Guid.NewGuid():N}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("python3")]
    [InlineData("curl")]
    public async Task Python_or_curl_is_enough(string program)
    {
        var job = await PrepareAsync();
        var run = await RunAsync(job, [.. Programs, program]);
        run.Errors.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldBe(
            $"agent run --store {job.Store} --attempt k7m2xqab-1-1 --assignment-sha256 {new string('1', 64)} set up: 1\n");
    }

    [Theory]
    [InlineData("0", "k7m2xqab-1-1", '1')]
    [InlineData("1", "k7m2xqab-2-1", '2')]
    public async Task A_job_finds_its_attempt_by_the_index_of_its_array(string index, string attempt, char sha256)
    {
        var run = await RunAsync(await PrepareAsync(), [.. Programs, "python3"], ("AWS_BATCH_JOB_ARRAY_INDEX", index));
        run.Output.ShouldContain($"--attempt {attempt} --assignment-sha256 {new string(sha256, 64)} ");
    }

    [Fact]
    public async Task A_job_without_python_and_curl_names_an_image_that_has_them()
    {
        var run = await RunAsync(await PrepareAsync(), Programs);
        run.ExitCode.ShouldBe(StartScript.PermanentFailure);
        run.Errors.ShouldContain("neither python3 nor curl");
        run.Errors.ShouldContain("public.ecr.aws/docker/library/python:3.12-slim");
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("list")]
    public async Task A_job_refuses_a_changed_object_of_the_store(string changed)
    {
        var job = await PrepareAsync();
        var key = changed == "agent" ? job.Agent.Key : job.List.Key;
        await Store.WriteAsync(key, Encoding.ASCII.GetBytes("other"), default);
        var run = await RunAsync(job, [.. Programs, "python3"]);
        run.ExitCode.ShouldBeOneOf(StartScript.PermanentFailure, StartScript.TransientFailure);
        run.Errors.ShouldContain(job.Store);
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("curl")]
    public async Task A_missing_object_is_not_requested_again(string program)
    {
        var job = await PrepareAsync();
        await Store.DeleteAsync("agents", default);
        var run = await RunAsync(job, [.. Programs, program]);
        run.ExitCode.ShouldBe(StartScript.PermanentFailure);
        run.Errors.ShouldContain("HTTP 404");
    }

    // The S3 server takes every signature.
    [Theory]
    [InlineData("python3")]
    [InlineData("curl")]
    public async Task Requests_are_signed_and_denied_access_names_the_permission(string program)
    {
        using var s3 = new OneAnswer(403, "");
        var job = await PrepareAsync();
        var run = await RunAsync(
            job, [.. Programs, program], ("TENFOLD_OBJECTS", $"{s3.Url}a%20b"), ("AWS_SECRET_ACCESS_KEY", "the/secret+of="),
            ("AWS_SESSION_TOKEN", "the token"));
        run.ExitCode.ShouldBe(StartScript.PermanentFailure);
        run.Errors.ShouldContain("s3:GetObject");
        var (path, headers) = s3.Last!.Value;
        path.ShouldBe($"/a%20b/{job.Agent.Key}");
        headers["x-amz-security-token"].ShouldBe("the token");
        FaultOfSignature(path, headers, "the/secret+of=").ShouldBeNull();
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("curl")]
    public async Task Credentials_do_not_follow_a_redirect(string program)
    {
        using var elsewhere = new OneAnswer(200, "");
        using var redirect = new OneAnswer(307, elsewhere.Url);
        var run = await RunAsync(await PrepareAsync(), [.. Programs, program], ("TENFOLD_OBJECTS", $"{redirect.Url}bucket"));
        run.ExitCode.ShouldBe(StartScript.PermanentFailure);
        run.Errors.ShouldContain("another region");
        elsewhere.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Credentials_of_the_container_are_used()
    {
        using var credentials = new OneAnswer(200, """{"AccessKeyId":"S3RVER","SecretAccessKey":"S3RVER","Expiration":"2030-01-01T00:00:00Z"}""");
        var run = await RunAsync(
            await PrepareAsync(), [.. Programs, "python3"], ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{credentials.Url}role"));
        (run.ExitCode, run.Errors).ShouldBe((0, ""));
        credentials.Requests.ShouldBe(2, "once for the agent and once for the list");
    }

    [Fact]
    public async Task Setup_runs_before_the_agent()
    {
        var run = await RunAsync(
            await PrepareAsync(), [.. Programs, "python3"], ("TENFOLD_SETUP", "echo first\nexport TENFOLD_IS_SET_UP='yes it is'"));
        run.Output.ShouldStartWith("first\nagent run ");
        run.Output.ShouldEndWith(" set up: yes it is\n");
    }

    [Fact]
    public async Task A_line_of_setup_that_fails_ends_the_job()
    {
        var run = await RunAsync(await PrepareAsync(), [.. Programs, "python3"], ("TENFOLD_SETUP", "false\necho never"));
        run.ExitCode.ShouldBe(StartScript.TransientFailure);
        run.Errors.ShouldContain("setup of the target failed");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Shellcheck_finds_only_POSIX_features()
    {
        var run = await StartAsync("shellcheck", ["--norc", "--exclude=SC2153,SC2154,SC2016", "-"], [], $"#!/bin/sh\n{StartScript.Text}");
        (run.Output, run.ExitCode).ShouldBe(("", 0));
    }

    [Fact]
    public void The_script_fits_a_job_definition() => StartScript.Text.Length.ShouldBeLessThan(16_000);

    private S3Store Store => server.Store(_prefix);

    private async Task<StartVariables> PrepareAsync()
    {
        var program = _folder.Write(
            "program/tenfold", "#!/bin/sh\necho \"agent $* set up: $TENFOLD_IS_SET_UP\" | sed 's/^agent agent/agent/'\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var archive = _folder["agent.tar.gz"];
        (await StartAsync("tar", ["-czf", archive, "-C", _folder["program"], "tenfold"], [], "")).ExitCode.ShouldBe(0);
        var sha256 = AttemptList.Hash(await File.ReadAllBytesAsync(archive));
        var agent = new AgentArchive($"agents/{sha256[..16]}/{sha256}.tar.gz", sha256);
        await Store.PutFileAsync(agent.Key, archive, move: false, default);
        var list = new AttemptList([new("k7m2xqab-1-1", new string('1', 64)), new("k7m2xqab-2-1", new string('2', 64))]);
        await list.WriteAsync(Store, default);
        (await AttemptList.ReadAsync(Store, "k7m2xqab-1-1", list.Sha256, default))!.Attempts.ShouldBe(list.Attempts);
        return new StartVariables
        {
            Store = Store.Url,
            Region = "eu-west-1",
            Agent = agent,
            List = list,
            Session = new Dictionary<string, string>
            {
                ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9",
                ["AWS_ENDPOINT_URL_S3"] = server.Endpoint,
            },
        };
    }

    private Task<Run> RunAsync(StartVariables job, string[] programs, params (string Name, string Value)[] more)
    {
        var bin = _folder[$"bin-{Guid.NewGuid():N}"];
        Directory.CreateDirectory(bin);
        foreach (var program in programs) File.CreateSymbolicLink($"{bin}/{program}", Which(program));
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = bin,
            ["TMPDIR"] = _folder.Path,
            ["TENFOLD_FETCH_TRIES"] = "1",
            ["AWS_ACCESS_KEY_ID"] = "S3RVER",
            ["AWS_SECRET_ACCESS_KEY"] = "S3RVER",
        };
        foreach (var (name, value) in job.ToList()) variables[name] = value;
        foreach (var (name, value) in more) variables[name] = value;
        return StartAsync("/bin/sh", ["-c", StartScript.Text, "tenfold"], variables, "");
    }

    private static string Which(string program) =>
        (program == "python3" ? ["/usr/bin/python3"] : Array.Empty<string>())
            .Concat(Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => $"{folder}/{program}")).First(File.Exists);

    private static async Task<Run> StartAsync(
        string program, string[] arguments, Dictionary<string, string> environment, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (environment.Count > 0) start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Run(output, await errors, process.ExitCode);
    }

    // Source: AWS General Reference, "Create a signed AWS API request", Signature Version 4.
    private static string? FaultOfSignature(string path, Dictionary<string, string> headers, string secret)
    {
        var parts = headers["authorization"].Split(' ', 2)[1].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[1]);
        var scope = parts["Credential"].Split('/', 2)[1];
        var canonical = string.Join('\n', (string[])
        [
            "GET", path, "", .. parts["SignedHeaders"].Split(';').Select(name => $"{name}:{headers[name].Trim()}"), "",
            parts["SignedHeaders"], headers["x-amz-content-sha256"],
        ]);
        var plain = $"AWS4-HMAC-SHA256\n{headers["x-amz-date"]}\n{scope}\n{AttemptList.Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[.. scope.Split('/'), plain]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        string[] needed = ["host", "x-amz-date", "x-amz-security-token"];
        return needed.Except(parts["SignedHeaders"].Split(';')).FirstOrDefault() is { } unsigned ? $"{unsigned} is not signed"
            : Convert.ToHexStringLower(key) == parts["Signature"] ? null : canonical;
    }

    private sealed record Run(string Output, string Errors, int ExitCode);

    /// <summary>A server that gives one answer to every request.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly int _status;
        private readonly string _content;

        public OneAnswer(int status, string content)
        {
            (_status, _content) = (status, content);
            Url = $"http://127.0.0.1:{FreePort.Find()}/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        public int Requests { get; private set; }

        public (string Path, Dictionary<string, string> Headers)? Last { get; private set; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Requests++;
                    Last = (context.Request.RawUrl!, context.Request.Headers.AllKeys.ToDictionary(
                        name => name!.ToLowerInvariant(), name => context.Request.Headers[name]!));
                    context.Response.StatusCode = _status;
                    if (_status == 307) context.Response.Headers["Location"] = _content;
                    else await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(_content));
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
