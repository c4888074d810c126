using System.Diagnostics;
using System.Security.Cryptography;

namespace Tenfold.Aws.Double.Machines;

/// <summary>What a machine or container runs.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Folder">The working folder.</param>
/// <param name="Environment">The whole environment.</param>
/// <param name="OnLine">Receives each line of output.</param>
internal sealed record MachineSpec(
    IReadOnlyList<string> Command, string Folder, IReadOnlyDictionary<string, string> Environment, Action<string> OnLine);

/// <summary>A machine or container: a process in a session of its own, with whatever it starts.</summary>
internal sealed class Machine
{
    // Far more rounds than any program needs: each round kills what is there.
    private const int MaxRounds = 1000;
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(20);
    private readonly string _mark;
    private readonly string _folder;
    private readonly Process _process;
    private readonly Task _output;
    private int _killed;

    private Machine(Process process, string mark, string folder, Action<string> onLine)
    {
        _process = process;
        _mark = mark;
        _folder = folder;
        Id = process.Id;
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, onLine), ReadAsync(process.StandardError, onLine));
        Ended = EndAsync();
    }

    /// <summary>The first process.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code, 128 and more for a signal, once every process of the machine has ended.</summary>
    public Task<int> Ended { get; }

    /// <summary>True when the machine was ended by <see cref="Kill"/>.</summary>
    public bool IsKilled => _killed != 0;

    /// <summary>True when a program can be found in the PATH of a machine.</summary>
    public static bool Exists(string program, string path) =>
        program.Contains('/') ? File.Exists(program) : path.Split(':').Any(folder => File.Exists($"{folder}/{program}"));

    public static Machine Start(MachineSpec spec)
    {
        var start = new ProcessStartInfo("setsid", spec.Command)
        {
            WorkingDirectory = spec.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var mark = RandomNumberGenerator.GetHexString(16);
        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment) start.Environment[name] = value;
        start.Environment[Descendants.Mark] = mark;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new Machine(process, mark, spec.Folder, spec.OnLine);
    }

    /// <summary>Signals the first process, as <c>docker stop</c> does.</summary>
    public void SignalFirst(int signal) => Signals.SendToFirst(Id, signal);

    /// <summary>Signals every process, as a machine that shuts down does.</summary>
    public void SignalAll(int signal)
    {
        foreach (var process in Descendants.Of(_mark, Id, _folder)) Signals.SendTo(process, signal);
    }

    /// <summary>Ends every process at once.</summary>
    public void Kill()
    {
        Interlocked.Exchange(ref _killed, 1);
        KillAll();
    }

    private void KillAll()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var there = Descendants.Of(_mark, Id, _folder);
            if (there.Count == 0) return;
            foreach (var process in there) Signals.SendTo(process, Signals.Kill);
        }
    }

    // As in a container, everything ends with the first process.
    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        KillAll();
        // A process that hides from its machine would keep the output open for ever.
        await Task.WhenAny(_output, Task.Delay(OutputLimit));
        _process.Dispose();
        return code;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line) onLine(line);
    }
}
