using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecr;

/// <summary>Amazon ECR: repositories and the images in them. Layers go to a registry of the test's own.</summary>
/// <remarks>Source: Amazon ECR API Reference.</remarks>
public sealed class EcrService : AwsService
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Repository> _repositories = [];
    private readonly Dictionary<string, Dictionary<string, Repository>> _otherAccounts = [];

    internal EcrService(Account account) : base("ecr")
    {
        _account = account;
        OnLocked("GetAuthorizationToken", _ => new JsonObject
        {
            ["authorizationData"] = new JsonArray(new JsonObject
            {
                ["authorizationToken"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("AWS:password")),
                ["expiresAt"] = (account.Time.GetUtcNow() + TokenLifetime).Seconds(),
                ["proxyEndpoint"] = RegistryEndpoint ?? $"https://{Registry}",
            }),
        });
        OnLocked("CreateRepository", input =>
        {
            var name = input.Text("repositoryName")!;
            if (_repositories.ContainsKey(name))
                throw new AwsErrorException(400, "RepositoryAlreadyExistsException", $"The repository with name '{name}' already exists");
            var tags = input.Items("tags").ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value") ?? "");
            _repositories[name] = new(name, account.Time.GetUtcNow(), input.Text("imageTagMutability") == "IMMUTABLE", tags);
            return new JsonObject { ["repository"] = Describe(_repositories[name]) };
        });
        OnLocked("DeleteRepository", input =>
        {
            var found = Find(input);
            if (found.Images.Count > 0 && !input.Flag("force")) throw NotEmpty(found.Name);
            _repositories.Remove(found.Name);
            return new JsonObject { ["repository"] = Describe(found) };
        });
        OnLocked("DescribeRepositories", input =>
        {
            var names = input.Texts("repositoryNames");
            var found = names.Count == 0 ? _repositories.Values : names.Select(name => Find(new JsonObject { ["repositoryName"] = name }));
            return Pages.Of(found.ToArray().Select(Describe), "repositories", input, 1000);
        });
        OnLocked("ListTagsForResource", input => new JsonObject
        {
            ["tags"] = new JsonArray([.. _repositories.Values.Where(r => ArnOf(r) == input.Text("resourceArn")).SelectMany(r => r.Tags)
                .Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        });
        OnLocked("PutImage", input => Put(Find(input), input));
        OnLocked("ListImages", input =>
            Pages.Of(Find(input).Images.SelectMany(image => image.Tags.DefaultIfEmpty().Select(tag => new JsonObject
            {
                ["imageDigest"] = image.Digest,
                ["imageTag"] = tag,
            }.WithoutNulls())), "imageIds", input, 1000));
        OnLocked("DescribeImages", input => DescribeImages(Find(input), input));
        OnLocked("BatchDeleteImage", input => DeleteImages(Find(input), input));
    }

    /// <summary>The registry that clients push to, for example a local one; null for the name of AWS's own.</summary>
    public string? RegistryEndpoint { get; set; }

    /// <summary>The host name of the account's registry.</summary>
    public string Registry => $"{_account.Id}.dkr.ecr.{_account.Region}.amazonaws.com";

    /// <summary>Adds an empty repository.</summary>
    public void AddRepository(string name) => Add(name, isImmutable: false, []);

    /// <summary>Adds an image, and its repository if there is none.</summary>
    /// <param name="repository">The repository's name.</param>
    /// <param name="tag">The image's tag.</param>
    /// <param name="digest">The image's digest.</param>
    /// <param name="account">The account of the registry; null for the double's own.</param>
    public void AddImage(string repository, string tag, string digest, string? account = null)
    {
        lock (_gate)
        {
            var known = account is null || account == _account.Id ? _repositories
                : CollectionsMarshal.GetValueRefOrAddDefault(_otherAccounts, account, out _) ??= [];
            var found = CollectionsMarshal.GetValueRefOrAddDefault(known, repository, out _)
                ??= new(repository, _account.Time.GetUtcNow(), IsImmutable: false, []);
            var image = new Image(digest, 1, _account.Time.GetUtcNow());
            image.Tags.Add(tag);
            found.Images.Add(image);
        }
    }

    internal void Add(string name, bool isImmutable, Dictionary<string, string> tags)
    {
        lock (_gate) _repositories[name] = new(name, _account.Time.GetUtcNow(), isImmutable, tags);
    }

    internal void Remove(string name, bool force)
    {
        lock (_gate)
        {
            if (_repositories.TryGetValue(name, out var found) && found.Images.Count > 0 && !force) throw NotEmpty(name);
            _repositories.Remove(name);
        }
    }

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });

    private Repository Find(JsonObject input)
    {
        var (registry, name) = (input.Text("registryId") ?? _account.Id, input.Text("repositoryName") ?? "");
        var known = registry == _account.Id ? _repositories : _otherAccounts.GetValueOrDefault(registry);
        return known?.GetValueOrDefault(name) ?? throw new AwsErrorException(400, "RepositoryNotFoundException",
            $"The repository with name '{name}' does not exist in the registry with id '{registry}'");
    }

    private AwsErrorException NotEmpty(string name) => new(400, "RepositoryNotEmptyException",
        $"The repository with name '{name}' in registry with id '{_account.Id}' cannot be deleted because it still contains images");

    private string ArnOf(Repository repository) => _account.Arn("ecr", $"repository/{repository.Name}");

    private JsonObject Describe(Repository repository) => new()
    {
        ["repositoryArn"] = ArnOf(repository),
        ["registryId"] = _account.Id,
        ["repositoryName"] = repository.Name,
        ["repositoryUri"] = $"{Registry}/{repository.Name}",
        ["createdAt"] = repository.CreatedAt.Seconds(),
        ["imageTagMutability"] = repository.IsImmutable ? "IMMUTABLE" : "MUTABLE",
    };

    private JsonObject Put(Repository repository, JsonObject input)
    {
        var manifest = input.Text("imageManifest")!;
        var digest = input.Text("imageDigest") ?? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest)))}";
        var tag = input.Text("imageTag");
        if (tag is not null && repository.IsImmutable && repository.Images.Exists(image => image.Tags.Contains(tag)))
            throw new AwsErrorException(400, "ImageTagAlreadyExistsException",
                $"The image tag '{tag}' already exists in the '{repository.Name}' repository");
        foreach (var other in repository.Images) other.Tags.Remove(tag ?? "");
        var found = repository.Images.Find(image => image.Digest == digest);
        if (found is null) repository.Images.Add(found = new(digest, manifest.Length, _account.Time.GetUtcNow()));
        if (tag is not null) found.Tags.Add(tag);
        return new JsonObject
        {
            ["image"] = new JsonObject
            {
                ["registryId"] = _account.Id,
                ["repositoryName"] = repository.Name,
                ["imageId"] = new JsonObject { ["imageDigest"] = digest, ["imageTag"] = tag }.WithoutNulls(),
                ["imageManifest"] = manifest,
            },
        };
    }

    private JsonObject DescribeImages(Repository repository, JsonObject input)
    {
        var wanted = input.Items("imageIds");
        foreach (var id in wanted)
            if (!repository.Images.Exists(image => Is(image, id)))
                throw new AwsErrorException(400, "ImageNotFoundException", $"The image with imageId {id.ToJsonString()} does not exist");
        var found = repository.Images.Where(image => wanted.Count == 0 || wanted.Any(id => Is(image, id)));
        return Pages.Of(found.Select(image => new JsonObject
        {
            ["registryId"] = _account.Id,
            ["repositoryName"] = repository.Name,
            ["imageDigest"] = image.Digest,
            ["imageTags"] = new JsonArray([.. image.Tags.Select(tag => (JsonNode)tag)]),
            ["imageSizeInBytes"] = image.Size,
            ["imagePushedAt"] = image.PushedAt.Seconds(),
        }), "imageDetails", input, 1000);
    }

    private static JsonObject DeleteImages(Repository repository, JsonObject input)
    {
        var (deleted, failures) = (new JsonArray(), new JsonArray());
        foreach (var id in input.Items("imageIds"))
        {
            if (repository.Images.Find(image => Is(image, id)) is not { } found)
            {
                failures.Add(new JsonObject
                {
                    ["imageId"] = id.DeepClone(),
                    ["failureCode"] = "ImageNotFound",
                    ["failureReason"] = "Requested image not found",
                });
                continue;
            }
            deleted.Add(new JsonObject { ["imageDigest"] = found.Digest, ["imageTag"] = found.Tags.FirstOrDefault() }.WithoutNulls());
            if (id.Text("imageTag") is { } tag && found.Tags.Count > 1) found.Tags.Remove(tag);
            else repository.Images.Remove(found);
        }
        return new JsonObject { ["imageIds"] = deleted, ["failures"] = failures };
    }

    private static bool Is(Image image, JsonNode id) =>
        (id.Text("imageDigest") is not { } digest || image.Digest == digest)
            && (id.Text("imageTag") is not { } tag || image.Tags.Contains(tag));

    private sealed record Repository(string Name, DateTimeOffset CreatedAt, bool IsImmutable, Dictionary<string, string> Tags)
    {
        public List<Image> Images { get; } = [];
    }

    private sealed record Image(string Digest, long Size, DateTimeOffset PushedAt)
    {
        public List<string> Tags { get; } = [];
    }
}
