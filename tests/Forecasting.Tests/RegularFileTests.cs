using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Forecasting.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("regular-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FileAndLinkToOne_AreRegular()
    {
        File.WriteAllText(PathOf("file"), "content");
        File.CreateSymbolicLink(PathOf("link"), "file");

        Assert.Null(RegularFile.OtherKind(PathOf("file")));
        Assert.Null(RegularFile.OtherKind(PathOf("link")));
        using var stream = RegularFile.OpenRead(PathOf("link"));
        Assert.Equal(7, stream.Length);
    }

    [Fact]
    public void LinkOutOfItsFolder_IsNotOpened_UnlessItMayBeElsewhere()
    {
        var inner = Directory.CreateDirectory(PathOf("inner")).FullName;
        File.WriteAllText(PathOf("file"), "content");
        File.CreateSymbolicLink(Path.Combine(inner, "link"), Path.Combine("..", "file"));
        File.CreateSymbolicLink(PathOf("folder"), inner);
        File.WriteAllText(Path.Combine(inner, "own"), "own");

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links are resolved elsewhere.");
        Assert.Equal("a link out of its folder", RegularFile.OtherKind(Path.Combine(inner, "link")));
        Assert.Throws<IOException>(() => RegularFile.OpenRead(Path.Combine(inner, "link")));
        RegularFile.OpenRead(Path.Combine(inner, "link"), mayBeElsewhere: true).Dispose();
        // The folder itself may be a link.
        Assert.Null(RegularFile.OtherKind(PathOf("folder/own")));
    }

    [Fact]
    public void WhatIsMissing_IsForTheOpeningToTell()
    {
        File.CreateSymbolicLink(PathOf("link"), "nowhere");

        Assert.Null(RegularFile.OtherKind(PathOf("none")));
        Assert.Throws<FileNotFoundException>(() => RegularFile.OpenRead(PathOf("none")));
        Assert.Throws<FileNotFoundException>(() => RegularFile.OpenRead(PathOf("link")));
    }

    [Fact]
    public void OtherKinds_AreNamedAndNotOpened()
    {
        Assert.Equal("a directory", RegularFile.OtherKind(_folder.FullName));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux is asked for more.");
        Assert.Equal("a device", RegularFile.OtherKind("/dev/null"));
        Assert.Contains(
            "it is a device, expected a regular file",
            Assert.Throws<IOException>(() => RegularFile.OpenRead("/dev/zero")).Message,
            StringComparison.Ordinal);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
