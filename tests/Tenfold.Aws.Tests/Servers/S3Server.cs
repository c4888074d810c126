using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>A real S3 server on loopback (tests/s3/server.js) with one bucket. It can be killed and started
/// again.</summary>
public class S3Server : IDisposable
{
    public const string Bucket = "tenfold-tests";
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _options;
    private Process? _process;

    public S3Server() : this([])
    {
    }

    protected S3Server(string[] options)
    {
        _options = options;
        Directory.CreateDirectory(Data);
        Port = FreePort.Find();
        Start();
    }

    public int Port { get; }

    public string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>The bucket's folder.</summary>
    public string Data => $"{_folder.Path}/data/{Bucket}";

    public void Start()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[Script(), $"{_folder.Path}/data", $"{Port}", "--log", Log, .. _options])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        if (_process.StandardOutput.ReadLine() == "listening") return;
        throw new InvalidOperationException($"the S3 server did not start: {_process.StandardError.ReadToEnd()}");
    }

    /// <summary>Kills the server, like a power cut.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The requests so far: method, URL and status.</summary>
    public string[] Requests() => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    /// <summary>Opens a store at a prefix.</summary>
    public S3Store Store(string prefix, S3Options? options = null) =>
        new(new S3Location(Bucket, prefix + "/"), (options ?? new S3Options()) with { Endpoint = options?.Endpoint ?? Endpoint });

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private string Log => $"{_folder.Path}/requests.log";

    private static string Script([CallerFilePath] string here = "") =>
        Path.GetFullPath($"{Path.GetDirectoryName(here)}/../../s3/server.js");
}

/// <summary>A server without conditional writes, like some real servers.</summary>
public sealed class PlainS3Server() : S3Server(["--plain"]);

/// <summary>A server whose composite checksums leave out the number of parts, like some real servers.</summary>
public sealed class BareS3Server() : S3Server(["--bare"]);
