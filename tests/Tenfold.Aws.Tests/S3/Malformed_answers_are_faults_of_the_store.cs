using System.Net;
using System.Text;
using Tenfold.Aws.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.S3;

/// <summary>What calls itself an S3 server may be a proxy's login page, or hostile.</summary>
public sealed class Malformed_answers_are_faults_of_the_store : IDisposable
{
    private const string Page =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>p/runs/</Prefix><KeyCount>2</KeyCount>
        <MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>
        <Contents><Key>p/runs/a</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>"x"</ETag><Size>7</Size></Contents>
        <Contents><Key>p/runs/b</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>"y"</ETag><Size>8</Size></Contents>
        </ListBucketResult>
        """;

    private static readonly string[] Pieces =
        ["<", ">", "/", "&#0;", "&lol;", "<Key>", "</Key>", "<Size>-1</Size>", "99999999999999999999", "<IsTruncated>true</IsTruncated>",
            "<NextContinuationToken>t</NextContinuationToken>", "../", "\u202e", "\0", "<!DOCTYPE x [<!ENTITY lol 'lol'>]>",
            "<Contents/>", "1e9"];

    private readonly HttpListener _server = new();
    private readonly string _endpoint;
    private readonly S3Store _store;
    private readonly Queue<string> _tags = [];
    private byte[] _answer = [];

    public Malformed_answers_are_faults_of_the_store()
    {
        _endpoint = $"http://127.0.0.1:{FreePort.Find()}";
        _server.Prefixes.Add($"{_endpoint}/");
        _server.Start();
        _ = AnswerAsync();
        _store = Open(TimeSpan.Zero);
    }

    public void Dispose()
    {
        _store.Dispose();
        _server.Close();
    }

    [Fact]
    public async Task A_listing_is_read_or_is_a_fault_that_says_where()
    {
        var (read, faulty) = (0, 0);
        await Mutations.CheckAsync([Encoding.UTF8.GetBytes(Page)], Pieces, 300, async input =>
        {
            _answer = input;
            try
            {
                foreach (var entry in await _store.ListAsync("runs", CancellationToken.None).ToListAsync())
                    entry.Key.ShouldStartWith("runs/");
                read++;
            }
            catch (StoreException e)
            {
                e.Message.ShouldContain("s3://bucket/p/runs");
                faulty++;
            }
        });
        read.ShouldBeGreaterThan(5);
        faulty.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>", "the same page again")]
    [InlineData("<Key>p/runs/b", "<Key>p/models/precious", "'p/models/precious', which does not begin with the prefix")]
    public async Task A_listing_that_can_not_be_right_ends_and_deletes_nothing(string part, string by, string words)
    {
        _answer = Encoding.UTF8.GetBytes(Page.Replace(part, by, StringComparison.Ordinal));
        (await Should.ThrowAsync<StoreException>(async () => await _store.ListAsync("runs", CancellationToken.None).ToListAsync()))
            .Message.ShouldContain(words);
        (await Should.ThrowAsync<StoreException>(() => _store.DeleteAsync("runs", CancellationToken.None))).Message.ShouldContain(words);
        Deletions.ShouldBe(0);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("no hexadecimal text ")]
    public async Task An_object_with_an_ETag_that_can_not_be_read_is_asked_for_again(string tag)
    {
        _answer = "content"u8.ToArray();
        // The last is the MD5 of the content.
        foreach (var one in new[] { tag, tag, "9a0364b9e99bb480dd25e1f0284c8555" }) _tags.Enqueue($"\"{one}\"");
        using var store = Open(Eventually.Deadline);
        (await store.ReadAsync("a", CancellationToken.None)).ShouldBe(_answer);
        for (var i = 0; i < 3; i++) _tags.Enqueue($"\"{tag}\"");
        (await Should.ThrowAsync<StoreException>(() => store.ReadAsync("a", CancellationToken.None)))
            .Message.ShouldContain("can't be read");
    }

    private S3Store Open(TimeSpan patience) => new(new S3Location("bucket", "p/"), new S3Options
    {
        Endpoint = _endpoint,
        Patience = patience,
        Region = "us-east-1",
    });

    private int Deletions { get; set; }

    private async Task AnswerAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext request;
            try
            {
                request = await _server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (request.Request.HttpMethod != "GET") Deletions++;
            request.Response.ContentType = "application/xml";
            request.Response.ContentLength64 = _answer.Length;
            if (_tags.TryDequeue(out var tag)) request.Response.AddHeader("ETag", tag);
            await request.Response.OutputStream.WriteAsync(_answer);
            request.Response.Close();
        }
    }
}
