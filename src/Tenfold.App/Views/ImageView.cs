using Tenfold.App.Images;

namespace Tenfold.App.Views;

/// <summary>An image in a registry.</summary>
public sealed record ImageView(string Repository, string Tag, string Digest, string Reference, bool IsNew)
{
    /// <summary>The view of an image.</summary>
    public static ImageView Of(PushedImage image) => new(image.Repository, image.Tag, image.Digest, image.Reference, image.IsNew);
}
