using Tenfold.Core.Platform;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Platform;

public sealed class A_home_of_another_user_is_refused : IDisposable
{
    private const int Open = 0b111_111_111;
    private readonly TemporaryFolder _folder = new();

    public A_home_of_another_user_is_refused() => AsNobody.SetMode(_folder.Path, Open);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0b111_101_101)]
    [InlineData(0b111_111_111)]
    [InlineData(0b111_000_111)]
    public void An_own_home_that_is_open_is_closed(int mode)
    {
        Directory.CreateDirectory(_folder["home"]);
        AsNobody.SetMode(_folder["home"], mode);
        PrivateFolder.Close(_folder["home"]).ShouldBeNull();
        ((int)File.GetUnixFileMode(_folder["home"])).ShouldBe(0b111_000_000);
    }

    [Fact]
    public void An_own_link_to_an_own_folder_is_followed()
    {
        Directory.CreateDirectory(_folder["large"]);
        Directory.CreateSymbolicLink(_folder["home"], _folder["large"]);
        PrivateFolder.Close(_folder["home"]).ShouldBeNull();
        ((int)File.GetUnixFileMode(_folder["large"])).ShouldBe(0b111_000_000);
        PrivateFolder.Close(_folder["missing"]).ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_another_user_made_first_is_refused(bool isLink)
    {
        Directory.CreateDirectory(_folder["mine"]);
        AsNobody.RunAsOther(() => isLink
            ? Directory.CreateSymbolicLink(_folder["home"], _folder["mine"])
            : (FileSystemInfo)Directory.CreateDirectory(_folder["home"]));
        PrivateFolder.Close(_folder["home"]).ShouldNotBeNull().ShouldContain("belongs to another user");
    }
}
