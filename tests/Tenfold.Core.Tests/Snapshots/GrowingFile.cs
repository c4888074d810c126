namespace Tenfold.Core.Tests.Snapshots;

/// <summary>A file that another thread makes longer all the time, and that takes long enough to read for that to happen
/// meanwhile.</summary>
internal sealed class GrowingFile : IDisposable
{
    private readonly Thread _writer;
    private volatile bool _stopped;

    public GrowingFile(string path)
    {
        using (var sparse = File.Create(path)) sparse.SetLength(200_000_000);
        using var started = new ManualResetEventSlim();
        _writer = new Thread(() =>
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
            while (!_stopped)
            {
                file.WriteByte(1);
                started.Set();
            }
        });
        _writer.Start();
        started.Wait();
    }

    public void Dispose()
    {
        _stopped = true;
        _writer.Join();
    }
}
