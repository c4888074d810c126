namespace Tenfold.Cli.Remote;

/// <summary>A file that a server sends. It is asked for at the first read, from the place that was sought.</summary>
/// <param name="server">The server.</param>
/// <param name="path">The path of the API.</param>
internal sealed class RemoteFile(ServerClient server, string path) : Stream
{
    private Stream? _content;
    private long _offset;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <summary>True: a broken transfer is continued where it broke off.</summary>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _offset;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    /// <returns>How many bytes were read; 0 at the end, also of a file that the server does not have.</returns>
    /// <exception cref="CommandException">The server refuses, or breaks off.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _content ??= await server.OpenAsync($"{path}&offset={_offset}", cancellationToken);
        }
        catch (CommandException e) when (e.ExitCode == ExitCodes.NotFound)
        {
            _content = Null;
        }

        var read = await server.ReadAsync(_content, buffer, cancellationToken);
        _offset += read;
        return read;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        if (_content is not null || origin != SeekOrigin.Begin) throw new NotSupportedException();
        return _offset = offset;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _content?.Dispose();
        base.Dispose(disposing);
    }
}
