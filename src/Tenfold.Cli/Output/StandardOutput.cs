using Tenfold.Core.Platform;

namespace Tenfold.Cli.Output;

/// <summary>Standard output, whose faults say that they are its own: the disk that is full may not be that of Tenfold's home.</summary>
internal sealed class StandardOutput : WriteOnlyStream
{
    private readonly Stream _inner = Console.OpenStandardOutput();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _inner.Write(buffer);
        }
        catch (IOException e)
        {
            throw new StandardOutputException(e);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => _inner.Flush();
}

/// <summary>Standard output can't be written.</summary>
/// <param name="inner">Why.</param>
internal sealed class StandardOutputException(IOException inner)
    : IOException($"standard output can't be written: {inner.Message.TrimEnd('.')}. Is the disk of the file that it goes to full?", inner);
