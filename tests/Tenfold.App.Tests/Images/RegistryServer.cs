using System.Diagnostics;
using System.Net.Sockets;

namespace Tenfold.App.Tests.Images;

/// <summary>A real registry on loopback (Debian's docker-registry), with its images in a temporary folder.</summary>
public sealed class RegistryServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public RegistryServer()
    {
        Host = $"127.0.0.1:{FreePort.Find()}";
        var settings = $"version: 0.1\nstorage: {{ filesystem: {{ rootdirectory: {_folder["images"]} }} }}\nhttp: {{ addr: \"{Host}\" }}\n";
        var start = new ProcessStartInfo("/usr/bin/docker-registry", ["serve", _folder.Write("registry.yml", settings)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The registry's address, HOST:PORT.</summary>
    public string Host { get; }

    /// <summary>Waits until it answers.</summary>
    public Task WaitAsync() => Eventually.ShouldBeAsync(IsUp, "the registry answers");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private bool IsUp()
    {
        try
        {
            using var client = new TcpClient(Host.Split(':')[0], int.Parse(Host.Split(':')[1]));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
