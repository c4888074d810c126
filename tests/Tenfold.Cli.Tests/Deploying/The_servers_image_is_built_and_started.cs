using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Tenfold.Cli.Tests.Deploying;

/// <summary>
/// With Debian's buildah. No registry of images is used: the base image has the programs and libraries of this machine that Debian's
/// packages would bring, and an apt-get that only writes down what it is asked for.
/// </summary>
public sealed class The_servers_image_is_built_and_started : IDisposable
{
    private const string Base =
        """
        set -e
        mkdir -p root/usr/bin root/bin root/tmp root/etc root/var root/lib64 && chmod 1777 root/tmp
        printf 'root:x:0:0:root:/root:/bin/sh\n' > root/etc/passwd; printf 'root:x:0:\n' > root/etc/group
        for program in sh mkdir chown rm bash head grep cat stat git; do cp -L $(command -v $program) root/bin/$program; done
        for library in $(ldd root/bin/* "$APP"/tenfold "$APP"/tenfold-server "$APP"/*.so | grep -o '/[^ )]*\.so[^ )]*' | sort -u) \
            /lib/*/libssl.so.3 /lib/*/libcrypto.so.3; do
            case $library in "$APP"*) continue ;; esac
            [ ! -e $library ] || { mkdir -p root$(dirname $library); cp -L $library root$library; }
        done
        printf '#!/bin/sh\necho "$@" >> /etc/asked\n' > root/usr/bin/apt-get; chmod 755 root/usr/bin/apt-get
        printf 'FROM scratch\nCOPY root/ /\n' > Dockerfile
        buildah build --quiet --tag localhost/base --file Dockerfile .
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_answers_from_a_user_of_its_own_and_ends_at_SIGTERM()
    {
        var app = Path.GetFullPath(Path.GetDirectoryName(Installed.Program)!);
        Directory.CreateDirectory(_folder["context"]);
        await ShellAsync(Base, app);
        await ShellAsync(
            $"buildah build --quiet --build-arg BASE=localhost/base --tag localhost/tenfold --file {File("Dockerfile")} {app}/", app);
        var container = (await ShellAsync("buildah from localhost/tenfold", app)).Trim();
        var config = JsonDocument.Parse(await ShellAsync("buildah inspect --type image localhost/tenfold", app))
            .RootElement.GetProperty("OCIv1").GetProperty("config");
        config.GetProperty("User").GetString().ShouldBe("10001:10001");
        config.GetProperty("StopSignal").GetString().ShouldBe("SIGTERM");
        config.GetProperty("Volumes").EnumerateObject().Select(volume => volume.Name).ShouldBe(["/var/lib/tenfold"]);
        config.GetProperty("Entrypoint").EnumerateArray().Concat(config.GetProperty("Cmd").EnumerateArray())
            .Select(word => word.GetString()).ShouldBe(["/opt/tenfold/tenfold", "server", "--listen", "http://0.0.0.0:4000"]);
        var asked = await ShellAsync($"buildah run {container} -- cat /etc/asked", app);
        foreach (var package in new[] { "ca-certificates", "git", "libstdc++6", "libssl3", "tzdata" })
            asked.ShouldContain($" {package}");
        (await ShellAsync($"buildah run {container} -- git --version", app)).ShouldStartWith("git version");

        var url = $"http://127.0.0.1:{FreePort.Find()}";
        using var server = Start($"exec buildah run {container} -- /opt/tenfold/tenfold server --listen {url}", app);
        using var http = new HttpClient();
        try
        {
            await Eventually.ShouldBeAsync(() => IsHealthy(http, url), "the server in the container answers, and can read its ledger");
            (await ShellAsync($"buildah run {container} -- stat -c %u /var/lib/tenfold/ledger.db", app)).Trim().ShouldBe("10001");
        }
        finally
        {
            await ShellAsync($"kill -TERM {server.Id}", app);
        }

        await server.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Deadline);
        await Eventually.ShouldBeAsync(() => !IsHealthy(http, url), "nothing answers any more");
    }

    [Fact]
    public async Task Debian_has_the_packages_that_it_asks_for()
    {
        var line = (await System.IO.File.ReadAllLinesAsync(File("Dockerfile"))).Single(one => one.Contains("--no-install-recommends"));
        var words = line[(line.IndexOf("recommends", StringComparison.Ordinal) + 10)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var packages = words.Where(word => word != "\\").ToList();
        packages.Count.ShouldBeGreaterThan(3);
        foreach (var package in packages) (await ShellAsync($"dpkg-query --status {package}", "")).ShouldContain($"Package: {package}");
    }

    [Fact]
    public async Task The_proxys_file_for_nginx_is_valid()
    {
        await ShellAsync("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost 2>&1", "");
        var site = (await System.IO.File.ReadAllTextAsync(File("nginx.conf")))
            .Replace("/etc/letsencrypt/live/tenfold.example.org/fullchain.pem", _folder["context/cert.pem"])
            .Replace("/etc/letsencrypt/live/tenfold.example.org/privkey.pem", _folder["context/key.pem"]);
        _folder.Write("context/site.conf", site);
        _folder.Write("context/nginx.conf", $"pid {_folder["context/pid"]};\nevents {{}}\nhttp {{ access_log off; include site.conf; }}\n");
        var said = await ShellAsync(
            $"PATH=$PATH:/usr/sbin; nginx -t -e {_folder["context/log"]} -c {_folder["context/nginx.conf"]} 2>&1", "");
        said.ShouldContain("test is successful");
    }

    [Fact]
    public async Task The_compose_file_publishes_the_server_on_this_machine_only()
    {
        var compose = await System.IO.File.ReadAllTextAsync(File("compose.yaml"));
        compose.ShouldContain("\"127.0.0.1:4000:4000\"");
        compose.Split('\n').Count(line => line.Trim() == "ports:").ShouldBe(1, "the database is not published");
        // PostgreSQL's image has no TLS, and without these the server asks another machine for it.
        compose.ShouldContain("@database/tenfold?sslmode=disable\n");
        compose.ShouldContain("TENFOLD_LEDGER_PLAINTEXT: \"1\"\n");
        // The paths of the file are relative to its folder, and to the context.
        var context = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(File("compose.yaml"))!, "../artifacts/app/"));
        context.ShouldBe(Path.Combine(Installed.Repository, "artifacts", "app") + "/");
        compose.ShouldContain("dockerfile: ../../deploy/Dockerfile");
        (await System.IO.File.ReadAllTextAsync(File("server.env.example"))).ShouldContain("\nTENFOLD_DATABASE_PASSWORD=\n");
        (await System.IO.File.ReadAllLinesAsync(Path.Combine(Installed.Repository, ".gitignore"))).ShouldContain("deploy/server.env");
    }

    private static string File(string name) => Path.Combine(Installed.Repository, "deploy", name);

    private static bool IsHealthy(HttpClient http, string url)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/health");
            using var answer = http.Send(request, TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Start(string script, string app)
    {
        Directory.CreateDirectory(_folder["context"]);
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = _folder["context"],
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var storage = $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{_folder["graph"]}\"\nrunroot = \"{_folder["run"]}\"\n";
        start.Environment["CONTAINERS_STORAGE_CONF"] = _folder.Write("storage.conf", storage);
        start.Environment["BUILDAH_ISOLATION"] = "chroot";
        start.Environment["APP"] = app;
        return Process.Start(start)!;
    }

    private async Task<string> ShellAsync(string script, string app)
    {
        using var process = Start(script, app);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{script}\n{output}");
        return output;
    }
}
