"""The API's resources of this room: the same scope, rights and rules as the pages, by calling the same forms."""
